/**
 * The option `connectionStateRecovery`: which adapter a namespace has, and who keeps its sessions.
 *
 * Room: socketio shell.
 */
import { SocketIOError } from "@x/errors/socketio";
import { InMemoryAdapter } from "../../adapter/in-memory.js";
import type { Adapter, AdapterFactory, AdapterNamespace } from "../../adapter/port.js";
import { RecoveringAdapter } from "../../adapter/recovering.js";
import type { RecoverySettings } from "../../core/recovery.js";
import { RecoverySessions } from "../../core/recovery-sessions.js";
import type { SessionKeeper } from "../../core/session-keeper.js";
import { AdapterSessions, isSessionAware } from "./adapter-sessions.js";
import type { ServerContext } from "./ports.js";

/** A namespace that wants to know when nobody can come back to it any more. */
interface Host extends AdapterNamespace {
  settle(): void;
}

/** @returns who keeps the sessions of the adapter's namespace; `undefined` where nobody does. */
export type FindKeeper = (adapter: Adapter) => SessionKeeper | undefined;

/**
 * @param settings `undefined` where clients are not to come back.
 * @param heartbeatMs the longest silence of a connection that is still taken for alive.
 * @returns what delivers broadcasts where the application names no adapter.
 */
export function defaultAdapter(settings: RecoverySettings | undefined, heartbeatMs: number, context: ServerContext): AdapterFactory {
  if (settings === undefined) return InMemoryAdapter;
  const { clock, encoder, generateId, sweep } = context;
  return (nsp: Host) => {
    const sessions = new RecoverySessions(settings, { clock, encoder, generateId, heartbeatMs, touch: (entry) => sweep.touch(entry), onEmpty: () => nsp.settle() });
    return new RecoveringAdapter(nsp, sessions, sweep);
  };
}

/**
 * @returns a function that finds keepers, and tells the application, if it listens, once of each kind of adapter that keeps no sessions although
 *   clients are to come back. Not a failure: socket.io's tutorial has such a pair, and its clients begin anew.
 */
export function keeperFinder(settings: RecoverySettings | undefined, context: ServerContext): FindKeeper {
  const warned = new WeakSet<object>();
  return (adapter) => {
    if (settings === undefined || adapter.recovery !== undefined) return adapter.recovery;
    if (isSessionAware(adapter)) return new AdapterSessions(adapter, settings, context);
    if (!warned.has(adapter.constructor)) context.reportPeer(keepsNothing(adapter), { event: "adapter", namespace: adapter.nsp.name });
    warned.add(adapter.constructor);
    return undefined;
  };
}

function keepsNothing({ constructor: { name } }: Adapter): SocketIOError {
  return new SocketIOError(`Clients that come back begin anew: ${name} keeps no sessions, connectionStateRecovery needs an adapter with persistSession() and restoreSession()`, { code: "socketio/unsupported" });
}
