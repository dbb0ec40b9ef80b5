/**
 * What a session asks of a transport. Polling and WebSocket implement it, for both roles.
 *
 * Room: engineio core. A transport from outside need not know it: `PacketStream` is the smaller port for those.
 */
import type { PreparedPacket, WirePacket } from "./packet.js";

/** Close codes of a session's (RFC 6455 §7.4.1). */
export const NORMAL_CLOSE = 1000;
export const PROTOCOL_ERROR = 1002;

/**
 * A transport that a session sends by; incoming packets go to `Session.receive(packet, carrier)`, its end to
 * `Session.carrierEnded`. None of its methods throws for a connection that is gone: it reports that instead.
 */
export interface Carrier {
  /** As the handshake names it: `polling`, `websocket` … */
  readonly name: string;
  /** The outbox has packets: take what may leave now. @returns a stream's promise for the last of them. */
  flush(): Promise<void> | undefined;
  /** The other transport has answered the probe: let go of what is parked (server), fall silent and report (client). */
  pause(): void;
  /** The upgrade came to nothing: go on as before {@link pause}. */
  resume(): void;
  /** The session is over or has moved on. A parked poll is answered with `goodbye`; a stream closes with `closeCode`. */
  end(goodbye: string, closeCode: number): void;
}

/** A transport that takes packets at any time, past the outbox. */
export interface StreamCarrier extends Carrier {
  /** Does more wait for the peer than its high-water mark allows? */
  readonly isCongested: boolean;
  /** @returns a promise that resolves below the low-water mark. @throws when the connection takes nothing any more. */
  write(packet: WirePacket): Promise<void>;
  writePrepared(packet: PreparedPacket): Promise<void>;
}

/** Is `carrier` a stream, which needs no outbox while it is open, and which polling may upgrade to? */
export function isStream(carrier: Carrier | undefined): carrier is StreamCarrier {
  return carrier !== undefined && "write" in carrier;
}
