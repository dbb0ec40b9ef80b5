/**
 * Options of the client that only Node has: one set, with one meaning on both transports.
 *
 * Room: engineio node. The WebSocket's are `@x/simple-ws`'s; polling goes over the same kind of link. The peers' names for TLS and sockets
 * stand beside ours.
 */
import type { Agent } from "node:http";
import type { ConnectOptions as WebSocketOptions } from "@x/simple-ws/client";
import type { ClientOptions as SharedOptions, TransportOptions as SharedTransportOptions } from "../shell/client-options.js";
import type { ConnectionOptions } from "../shell/connection.js";

type TlsOptions = NonNullable<WebSocketOptions["tls"]>;

/** What both transports take from `@x/simple-ws`: see its `connect`. */
type LinkOptions = Pick<
  WebSocketOptions,
  "headers" | "origin" | "host" | "cookie" | "maxRedirects" | "connectTimeoutMs" | "maxHeaderBytes" | "maxErrorBodyBytes" | "tls" | "proxy" | "proxyHeaders" | "proxyTls"
  | "socketPath" | "createConnection" | "lookup" | "localAddress" | "family" | "addressAttemptTimeoutMs"
>;

/** What only the WebSocket takes. */
type WebSocketOnlyOptions = Pick<WebSocketOptions, "perMessageDeflate" | "extensions" | "trace" | "handshakeTimeoutMs" | "maxHeaderLines">;

/** As `engine.io-client` takes them, beside {@link LinkOptions.tls}, which goes before them. */
type FlatTlsOptions = Pick<TlsOptions, "pfx" | "key" | "passphrase" | "cert" | "ca" | "ciphers" | "rejectUnauthorized">;

export interface NetworkOptions extends LinkOptions, WebSocketOnlyOptions, FlatTlsOptions {
  /**
   * Keeps cookies for requests of both transports: a `CookieJar` of `tough-cookie`, or anything with its two methods. Default: one of
   * the client's own, for as long as it lives, so that sticky sessions hold; `false` keeps none.
   */
  readonly cookieJar?: WebSocketOptions["cookieJar"] | false;
  /** Node's `http.Agent` or `https.Agent`: polling goes through it, the WebSocket gets its streams from it. Default: see {@link proxy} and {@link tls}. */
  readonly agent?: Agent | false | undefined;
  /** Whether the process may end while the connection is open. Default `false`. */
  readonly autoUnref?: boolean | undefined;
}

export interface TransportOptions extends SharedTransportOptions, NetworkOptions {}

/** Options of a client on Node. */
export interface ClientOptions extends SharedOptions, NetworkOptions {
  readonly transportOptions?: Readonly<Record<string, TransportOptions>> | undefined;
}

/** Options of `connect` on Node. */
export interface ConnectOptions extends ClientOptions, ConnectionOptions {}

const flatTls = ["pfx", "key", "passphrase", "cert", "ca", "ciphers", "rejectUnauthorized"] as const;

/** @returns the options for `transport` alone, TLS in one place. */
export function networkFor({ transportOptions, ...options }: ClientOptions, transport: string): NetworkOptions {
  const own: NetworkOptions = { ...options, ...transportOptions?.[transport] };
  const flat = Object.fromEntries(flatTls.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  return { ...own, tls: { ...flat, ...own.tls } };
}
