/**
 * The events of a {@link Manager}, by socket.io-client's names.
 *
 * Room: socketio shell.
 */
import type { Packet } from "../../core/packet.js";

export interface ManagerEvents {
  open: () => void;
  error: (error: Error) => void;
  close: (reason: string, description?: unknown) => void;
  ping: () => void;
  packet: (packet: Packet) => void;
  reconnect_attempt: (attempt: number) => void;
  reconnect: (attempt: number) => void;
  reconnect_error: (error: Error) => void;
  reconnect_failed: () => void;
}
