/**
 * The server's own options (Engine.IO's pass through to it), read once.
 *
 * Room: socketio shell.
 */
import type { ErrorContext } from "@x/errors/handlers";
import { SocketIOError } from "@x/errors/socketio";
import type { AdapterFactory } from "../../adapter/port.js";
import { DEFAULT_PACKET_LIMITS, type PacketLimits } from "../../core/limits.js";
import type { RecoveryOptions } from "../../core/recovery.js";
import type { ParserOption } from "../../core/parser.js";
import type { RateOptions } from "./rates.js";

/** Where a failure happened. */
export interface FailureContext extends ErrorContext {
  /** Name of the namespace, when one is concerned. */
  readonly namespace?: string;
  readonly socketId?: string;
}

export interface SocketServerOptions extends Partial<PacketLimits>, ParserOption, RateOptions {
  /** Path of the Engine.IO endpoint. Default `/socket.io`. */
  readonly path?: string;
  /** Whether pages find the client below `path`: `socket.io.js`, `socket.io.min.js`, `socket.io.esm.min.js`, `socket.io.msgpack.min.js`, each with its
   *  source map. Default `true`. */
  readonly serveClient?: boolean;
  /** How long a client may take to join its first namespace, and whoever decides on a further one to do so: over it the connection ends, or the
   *  client is refused with `socketio/connect-timeout`. Milliseconds; default 45 000. */
  readonly connectTimeout?: number;
  /** Whether a namespace made for a RegExp or a function goes when its last socket does. Default `true`. */
  readonly cleanupEmptyChildNamespaces?: boolean;
  /** Delivers broadcasts. Default: the in-memory adapter. With {@link connectionStateRecovery}, one that keeps sessions: `persistSession` and `restoreSession`. */
  readonly adapter?: AdapterFactory;
  /** Lets clients that lose their connection come back to their rooms, their `data` and the events that they missed. Default: not. */
  readonly connectionStateRecovery?: RecoveryOptions;
  /** Most namespaces of one connection. Count; default 100. */
  readonly maxNamespacesPerConnection?: number;
  /** Most sockets of one namespace, on this server; further clients are refused. Count; default 100 000. (The server has `maxSessions`, an address `maxSessionsPerAddress`.) */
  readonly maxSocketsPerNamespace?: number;
  /** Most rooms of one socket, its own included. Count; default 1000. */
  readonly maxRoomsPerSocket?: number;
  /** Most acknowledgements one socket waits for. Count; default 10 000. */
  readonly maxPendingAcks?: number;
  /** Told what handlers, middleware and peers did wrong. Default: an entry on `console.error`; peers' faults are then not logged. */
  readonly onError?: (error: unknown, context: FailureContext) => unknown;
}

export interface ServerSettings extends PacketLimits {
  readonly path: string;
  readonly serveClient: boolean;
  readonly connectTimeout: number;
  readonly cleanupEmptyChildNamespaces: boolean;
  readonly maxNamespacesPerConnection: number;
  readonly maxSocketsPerNamespace: number;
  readonly maxRoomsPerSocket: number;
  readonly maxPendingAcks: number;
}

export const DEFAULT_SERVER_SETTINGS: ServerSettings = {
  ...DEFAULT_PACKET_LIMITS,
  path: "/socket.io",
  serveClient: true,
  connectTimeout: 45_000,
  cleanupEmptyChildNamespaces: true,
  maxNamespacesPerConnection: 100,
  maxSocketsPerNamespace: 100_000,
  maxRoomsPerSocket: 1000,
  maxPendingAcks: 10_000,
};

/** @throws {SocketIOError} `socketio/invalid-option` for a limit that is not a positive number. */
export function readSettings(options: SocketServerOptions): { -readonly [Name in keyof ServerSettings]: ServerSettings[Name] } {
  const given = Object.fromEntries(
    Object.keys(DEFAULT_SERVER_SETTINGS)
      .map((name) => [name, options[name as keyof ServerSettings]] as const)
      .filter(([, value]) => value !== undefined),
  );
  const settings = { ...DEFAULT_SERVER_SETTINGS, ...given };
  settings.path = settings.path.replace(/(?<=.)\/$/u, "");
  for (const [name, value] of Object.entries(settings)) {
    if (typeof value === "number" && !(value > 0)) throw invalid(`${name} must be a positive number`);
  }
  if (settings.maxAckIdDigits > 15) throw invalid("maxAckIdDigits must be at most 15");
  return settings;
}

function invalid(message: string): SocketIOError {
  return new SocketIOError(`Invalid option: ${message}`, { code: "socketio/invalid-option" });
}
