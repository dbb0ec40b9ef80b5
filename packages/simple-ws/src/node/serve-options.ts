/**
 * What `serve` may be told.
 *
 * Room: simple-ws node. Units are in the names.
 */
import type { IncomingMessage, Server } from "node:http";
import { Server as SecureServer, type ServerOptions as SecureServerOptions } from "node:https";
import { parseNumbers } from "../core/options.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { HANDSHAKE_TIMEOUT_MS, parseAcceptOptions, type AcceptOptions } from "./server-options.js";

export interface ServeOptions extends AcceptOptions {
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default "127.0.0.1"; "0.0.0.0" or "::" to be reached from elsewhere. */
  readonly host?: string;
  /** Serves on this server, of node:http or node:https, which the caller starts and stops, instead of one of its own. */
  readonly server?: Server;
  /** `wss:` on a server of its own: `key`, `cert` … as node:https takes them. */
  readonly tls?: SecureServerOptions;
  /** Only requests for this path. Default all; others get 404 on a server of its own, and are left alone on a given one. */
  readonly path?: string;
  /** Open connections at once. Default 10 000. Over it: 503, `simple-ws/overloaded`. */
  readonly maxConnections?: number;
  /** Head of a request, on a server of its own, in bytes. Default 16 384. Over it: 431, before anything of ours is asked. */
  readonly maxHeaderBytes?: number;
  /** A connection is open. What this throws or rejects with closes it with 1011 and goes to {@link onError}. */
  readonly onConnection: (connection: WebSocketConnection, request: IncomingMessage) => unknown;
  /** Failures of {@link onConnection}. Default: the reporter of `@x/errors/handlers`. */
  readonly onError?: (error: unknown, connection: WebSocketConnection) => void;
  /** Requests that were refused, after their answer. Default: nothing. */
  readonly onRefused?: (error: unknown, request: IncomingMessage) => void;
}

/** The part of {@link ServeOptions} that has defaults. */
export interface ServeSettings {
  readonly maxConnections: number;
  readonly maxHeaderBytes: number;
  readonly handshakeTimeoutMs: number;
  readonly path: string | undefined;
  /** The http server is ours. */
  readonly isOwn: boolean;
  readonly isSecure: boolean;
}

export const SERVE_DEFAULTS: Pick<ServeSettings, "maxConnections" | "maxHeaderBytes" | "handshakeTimeoutMs"> = {
  maxConnections: 10_000,
  maxHeaderBytes: 16_384,
  handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS,
};

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`, also for what only `accept` will need. */
export function parseServeOptions(options: ServeOptions): ServeSettings {
  parseAcceptOptions(options);
  return {
    ...parseNumbers(options, { ...SERVE_DEFAULTS }, new Set()),
    path: options.path,
    isOwn: options.server === undefined,
    isSecure: options.server === undefined ? options.tls !== undefined : options.server instanceof SecureServer,
  };
}
