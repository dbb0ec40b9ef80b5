/**
 * A session as its neighbours see it, whichever end of the connection it is: the transports below, the socket above.
 *
 * Room: engineio core.
 */
import type { Carrier } from "./carrier.js";
import type { QueuedPacket } from "./outbox.js";
import type { PreparedPacket, SendOptions, WirePacket } from "./packet.js";
import type { CloseReason, ReadyState, SessionConfig } from "./session-config.js";

/** What a transport tells its session, and takes from it. */
export interface CarriedSession {
  readonly config: Pick<SessionConfig, "maxBufferedBytes" | "highWaterMarkBytes">;
  readonly outbox: { readonly length: number; shift(): QueuedPacket | undefined };
  /** A packet arrived on `carrier`. */
  receive(wire: WirePacket, carrier: Carrier): void;
  /** The outbox has been emptied, or partly. */
  flushed(): void;
  /** `carrier` is gone: `reason` and `description` are what users hear. */
  carrierEnded(carrier: Carrier, reason: CloseReason, description: unknown): void;
}

/** What a socket makes of its session. */
export interface HeldSession {
  readonly config: Pick<SessionConfig, "maxBufferedBytes">;
  readonly state: ReadyState;
  readonly carrier: Carrier | undefined;
  readonly isUpgraded: boolean;
  /** Would a sender have to wait? */
  readonly isCongested: boolean;
  readonly outbox: { readonly length: number; peekAll(): readonly QueuedPacket[] };
  send(data: string | Uint8Array, options?: SendOptions): Promise<void>;
  sendPrepared(packet: PreparedPacket): Promise<void>;
  /** From now on each packet is shown to the sink. */
  observe(): void;
  close(isHasty?: boolean): void;
  fail(reason: CloseReason, description?: unknown): void;
}
