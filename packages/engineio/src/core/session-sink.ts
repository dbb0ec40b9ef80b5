/**
 * What a session reports to whoever drives it.
 *
 * Room: engineio core.
 */
import type { Carrier } from "./carrier.js";
import type { Handshake } from "./open.js";
import type { WirePacket } from "./packet.js";
import type { CloseReason } from "./session-config.js";

/** What a session reports; state is settled before each call. */
export interface SessionSink {
  onOpen(handshake: Handshake): void;
  /** Client: the transport ended before OPEN. @returns `true` when another one will be tried. */
  onOpenFailed(description: unknown): boolean;
  onMessage(data: string | Uint8Array): void;
  onPacket(wire: WirePacket): void;
  onPacketCreate(wire: WirePacket): void;
  onHeartbeat(): void;
  onUpgrading(carrier: Carrier): void;
  onUpgrade(carrier: Carrier): void;
  onUpgradeError(carrier: Carrier, cause: unknown): void;
  /** The outbox is empty. */
  onDrain(): void;
  /** The deadline may have moved earlier. */
  onDeadline(): void;
  onClose(reason: CloseReason, description: unknown): void;
}
