/**
 * Connection state recovery as the server does it: an adapter that keeps sessions, and how a socket gets one.
 *
 * Room: socketio shell. Which ends of a connection can be recovered from is socket.io's choice.
 */
import type { AdapterFactory, AdapterNamespace } from "../../adapter/port.js";
import { RecoveringAdapter } from "../../adapter/recovering.js";
import { type RecoveryOptions, readRecovery } from "../../core/recovery.js";
import { RecoverySessions } from "../../core/recovery-sessions.js";
import type { ServerContext } from "./ports.js";
import type { DisconnectReason } from "./socket.js";

/** A namespace that wants to know when nobody can come back to it any more. */
interface Host extends AdapterNamespace {
  settle(): void;
}

const RECOVERABLE: ReadonlySet<DisconnectReason> = new Set<DisconnectReason>([
  "transport error", "transport close", "forced close", "ping timeout", "server shutting down", "forced server close",
]);

/** Whether a client whose connection ended so may come back. */
export function isRecoverable(reason: DisconnectReason): boolean {
  return RECOVERABLE.has(reason);
}

/**
 * @param heartbeatMs the longest silence of a connection that is still taken for alive.
 * @throws {SocketIOError} `socketio/invalid-option`
 */
export function recoveringAdapters(options: RecoveryOptions, heartbeatMs: number, context: ServerContext): AdapterFactory {
  const settings = readRecovery(options);
  const { clock, encoder, generateId, sweep } = context;
  return (nsp: Host) => {
    const sessions = new RecoverySessions(settings, { clock, encoder, generateId, heartbeatMs, touch: (entry) => sweep.touch(entry), onEmpty: () => nsp.settle() });
    return new RecoveringAdapter(nsp, sessions, sweep);
  };
}
