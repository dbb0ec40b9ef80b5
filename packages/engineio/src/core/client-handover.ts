/**
 * One attempt of a client to move its session from polling to a stream (protocol document §"Upgrade"). The driver has sent the
 * probe; its answer makes polling fall silent, and UPGRADE lets the stream take over. Made when it begins, forgotten when it is over.
 *
 * Room: engineio core. The server's half is `Handover`.
 */
import { type Carrier, PROTOCOL_ERROR, type StreamCarrier } from "./carrier.js";
import type { WirePacket } from "./packet.js";
import * as Wire from "./wire.js";

/** The attempt under way. */
export class ClientHandover {
  readonly stream: StreamCarrier;
  /** When it must be over. Milliseconds. */
  readonly deadlineMs: number;
  /** The probe is answered: nothing but polling's silence is missing. */
  isSwitching = false;

  constructor(stream: StreamCarrier, deadlineMs: number) {
    this.stream = stream;
    this.deadlineMs = deadlineMs;
  }

  /**
   * A packet arrived on the stream: the answer to the probe, and then nothing but the NOOP with which python-engineio releases its poll.
   * @returns whether it has its place there.
   */
  receive(wire: WirePacket, polling: Carrier | undefined): boolean {
    if (this.isSwitching) return wire === Wire.noop;
    if (wire !== Wire.probeAnswer) return false;
    this.isSwitching = true;
    polling?.pause();
    return true;
  }

  /** The stream takes over. One that cannot take a packet any more reports its own end. */
  complete(): void {
    try {
      void this.stream.write(Wire.upgrade).catch(nothing);
    } catch {
      nothing();
    }
  }

  /** The session goes on with polling. */
  abandon(polling: Carrier | undefined): void {
    this.stream.end(Wire.close, PROTOCOL_ERROR);
    polling?.resume();
  }
}

function nothing(): void {
  // see the caller
}
