/**
 * What `connect` may be told.
 *
 * Room: simple-ws node. Units are in the names.
 */
import type { LookupFunction } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { ExtensionFactory } from "@x/wsframe";
import type { HeadersInput } from "../core/handshake/headers.js";
import type { ClientHandshakeLimits } from "../core/handshake/client.js";
import { parseConnectionOptions, parseNumbers, type ConnectionOptions, type ConnectionSettings } from "../core/options.js";
import { parseExtensionOptions, type ExtensionOptions } from "./extensions.js";

export interface ClientLimits extends ClientHandshakeLimits {
  /** Name lookup, TCP and TLS together. */
  readonly connectTimeoutMs: number;
  /** From the request to the end of the answer. */
  readonly handshakeTimeoutMs: number;
}

export interface ConnectOptions extends ConnectionOptions, ExtensionOptions {
  /** Offered in this order. Default none. */
  readonly subprotocols?: string | readonly string[];
  /** Further header fields of the request. `Host` and `Authorization` here replace what the URL gives. */
  readonly headers?: HeadersInput;
  /** The `Origin` field. Default none. */
  readonly origin?: string;
  /** Gives up opening the connection; an open one is not touched. */
  readonly signal?: AbortSignal;
  /** Name lookup, TCP and TLS together. Default 10 000. Over it: `simple-ws/connect-timeout`. */
  readonly connectTimeoutMs?: number;
  /** From the request to the end of the answer. Default 10 000. Over it: `simple-ws/handshake-timeout`. */
  readonly handshakeTimeoutMs?: number;
  /** Head of the answer, in bytes. Default 16 384. Over it: `simple-ws/bad-handshake`. */
  readonly maxHeaderBytes?: number;
  /** Header lines of the answer. Default 128. Over it: `simple-ws/bad-handshake`. */
  readonly maxHeaderLines?: number;
  /** How much of a refusal's body is kept for the error, in bytes. Default 16 384. */
  readonly maxErrorBodyBytes?: number;
  /** For `wss:`, as `node:tls` takes them: `ca`, `cert`, `key`, `servername` … Certificates are verified unless told otherwise here. */
  readonly tls?: TlsOptions;
  /** Resolves names instead of the system. */
  readonly lookup?: LookupFunction;
}

/** {@link ConnectOptions} with nothing missing. */
export interface ConnectSettings {
  readonly connection: ConnectionSettings;
  readonly limits: ClientLimits;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionFactory[];
  readonly headers: HeadersInput;
  readonly origin: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly tls: TlsOptions;
  readonly lookup: LookupFunction | undefined;
}

export const CLIENT_DEFAULTS: ClientLimits = {
  connectTimeoutMs: 10_000,
  handshakeTimeoutMs: 10_000,
  maxHeaderBytes: 16_384,
  maxHeaderLines: 128,
  maxErrorBodyBytes: 16_384,
};

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`. */
export function parseConnectOptions(options: ConnectOptions): ConnectSettings {
  const { subprotocols = [] } = options;
  return {
    connection: parseConnectionOptions(options),
    limits: parseNumbers(options, { ...CLIENT_DEFAULTS }, new Set(["maxErrorBodyBytes"])),
    subprotocols: typeof subprotocols === "string" ? [subprotocols] : subprotocols,
    extensions: parseExtensionOptions(options),
    headers: options.headers ?? {},
    origin: options.origin,
    signal: options.signal,
    tls: options.tls ?? {},
    lookup: options.lookup,
  };
}
