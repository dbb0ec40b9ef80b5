/**
 * The option `connectionStateRecovery`: adapters that keep sessions, one per namespace.
 *
 * Room: socketio shell.
 */
import type { AdapterFactory, AdapterNamespace } from "../../adapter/port.js";
import { RecoveringAdapter } from "../../adapter/recovering.js";
import { type RecoveryOptions, readRecovery } from "../../core/recovery.js";
import { RecoverySessions } from "../../core/recovery-sessions.js";
import type { ServerContext } from "./ports.js";

/** A namespace that wants to know when nobody can come back to it any more. */
interface Host extends AdapterNamespace {
  settle(): void;
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
