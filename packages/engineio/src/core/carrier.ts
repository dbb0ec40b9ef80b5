/**
 * What a session asks of a transport. Polling and WebSocket implement it, for both roles.
 *
 * Room: engineio core.
 */
import type { PreparedPacket, TransportName, WirePacket } from "./packet.js";

/** A transport that a session sends by; incoming packets go to `Session.receive(packet, carrier)`. */
export interface Carrier {
  readonly name: TransportName;
  /** The outbox has packets: take what may leave now. @returns a stream's promise for the last of them. */
  flush(): Promise<void> | undefined;
  /** The other transport has answered the probe: let go of what is parked (server), fall silent and report (client). */
  pause(): void;
  /** The upgrade came to nothing: go on as before {@link pause}. */
  resume(): void;
  /** The session is over or has moved on. A parked poll is answered with `goodbye`; a WebSocket closes with `closeCode`. */
  end(goodbye: string, closeCode: number): void;
}

/** A transport that takes packets at any time, past the outbox. */
export interface StreamCarrier extends Carrier {
  readonly name: "websocket";
  /** @returns a promise that resolves below the low-water mark. */
  write(packet: WirePacket): Promise<void>;
  writePrepared(packet: PreparedPacket): Promise<void>;
}

/** Is `carrier` a stream, which needs no outbox while it is open? */
export function isStream(carrier: Carrier): carrier is StreamCarrier {
  return carrier.name === "websocket";
}
