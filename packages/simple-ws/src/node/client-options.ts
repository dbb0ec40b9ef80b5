/**
 * What `connect` may be told.
 *
 * Room: simple-ws node. Units are in the names.
 */
import type { LookupFunction, TcpNetConnectOpts } from "node:net";
import { env } from "node:process";
import type { Duplex } from "node:stream";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { ExtensionFactory } from "@x/wsframe";
import type { ClientHandshakeLimits } from "../core/handshake/client.js";
import type { HeadersInput } from "../core/handshake/headers.js";
import { parseConnectionOptions, parseNumbers, type ConnectionOptions, type ConnectionSettings } from "../core/options.js";
import type { WebSocketUrl } from "../core/url.js";
import { safeTrace, type TraceSink } from "../shell/trace.js";
import type { CookieJar } from "./cookies.js";
import { parseExtensionOptions, type ExtensionOptions } from "./extensions.js";
import { environmentProxy } from "./proxy/environment.js";
import { parseProxy, type Proxy } from "./proxy/proxy-url.js";

export interface ClientLimits extends ClientHandshakeLimits {
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly maxRedirects: number;
}

/** Which request headers are for. */
export interface RequestInfo {
  /** Where this request goes, without credentials. */
  readonly url: string;
  /** How many redirects led here. */
  readonly redirects: number;
}

export interface ConnectOptions extends ConnectionOptions, ExtensionOptions {
  /** Offered in this order. Default none. */
  readonly subprotocols?: string | readonly string[];
  /**
   * Further header fields of the request, or a function that gives them for each one: signatures, tokens that expire. `Host` and
   * `Authorization` here replace what the URL gives.
   */
  readonly headers?: HeadersInput | ((request: RequestInfo) => HeadersInput | Promise<HeadersInput>);
  /** The `Origin` field. Default none, which tells servers that no web page is behind this. */
  readonly origin?: string;
  /** The `Host` field. Default the URL's. */
  readonly host?: string;
  /** The `Cookie` field, before what {@link cookieJar} adds. */
  readonly cookie?: string;
  /** Gives and takes cookies: a `CookieJar` of `tough-cookie`, or anything with its two methods. Default none. */
  readonly cookieJar?: CookieJar;
  /**
   * How many redirects are followed. Default 0, as in browsers. Never from `wss:` to `ws:`; `Authorization`, `Cookie` and credentials
   * of the URL stay with the origin they were given for, as do {@link host} and a certificate of {@link tls}. One over: `simple-ws/bad-status`, its cause `wsframe/too-many-redirects`.
   */
  readonly maxRedirects?: number;
  /** Is told what goes over the wire; see `enableTrace`. Default nobody. */
  readonly trace?: TraceSink;
  /** Gives up opening the connection; an open one is not touched. */
  readonly signal?: AbortSignal;
  /** {@link headers}, cookies, name lookup, proxy, TCP and TLS together. Default 10 000. Over it: `simple-ws/connect-timeout`. */
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
  /**
   * The proxy: a URL (`http:`, `https:`, `socks4:`, `socks4a:`, `socks5:`, `socks5h:`, with credentials where it wants them), `false` for
   * none, or a function of the target. Default "environment": `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, this machine excepted.
   */
  readonly proxy?: string | URL | false | ((url: string) => string | URL | false);
  /** Further header fields for an HTTP proxy. */
  readonly proxyHeaders?: Readonly<Record<string, string>>;
  /** For an `https:` proxy, as `node:tls` takes them. */
  readonly proxyTls?: TlsOptions;
  /** Connects to this Unix socket (or named pipe) instead of the URL's host. */
  readonly socketPath?: string;
  /** Brings the stream under the handshake: a tunnel, a pair in memory. Called for each request. TLS, where the URL wants it, is put above it. */
  readonly createConnection?: (url: string) => Duplex | Promise<Duplex>;
  /** Resolves names instead of the system. */
  readonly lookup?: LookupFunction;
  /** Address of this machine to connect from. */
  readonly localAddress?: string;
  /** Whether the process may end while the connection is open. Default `false`. */
  readonly unref?: boolean;
  /** 4 or 6: only addresses of this family. Default 0: both are tried side by side (RFC 8305). */
  readonly family?: 0 | 4 | 6;
  /** How long one address is tried before the next one is, too. Default Node's, 250. */
  readonly addressAttemptTimeoutMs?: number;
}

/** {@link ConnectOptions} with nothing missing. */
export interface ConnectSettings {
  readonly connection: ConnectionSettings;
  readonly limits: ClientLimits;
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionFactory[];
  readonly headers: NonNullable<ConnectOptions["headers"]>;
  readonly origin: string | undefined;
  readonly host: string | undefined;
  readonly cookie: string | undefined;
  readonly cookieJar: CookieJar | undefined;
  readonly trace: TraceSink | undefined;
  readonly signal: AbortSignal | undefined;
  readonly tls: TlsOptions;
  readonly proxyFor: (url: WebSocketUrl) => Proxy | undefined;
  readonly proxyHeaders: Readonly<Record<string, string>>;
  readonly proxyTls: TlsOptions;
  readonly socketPath: string | undefined;
  readonly isUnreferenced: boolean;
  readonly socket: ((url: WebSocketUrl) => Duplex | Promise<Duplex>) | undefined;
  /** For `net.connect`, apart from where to. */
  readonly network: Pick<TcpNetConnectOpts, "lookup" | "localAddress" | "family" | "autoSelectFamilyAttemptTimeout">;
}

export const CLIENT_DEFAULTS: ClientLimits = {
  connectTimeoutMs: 10_000,
  handshakeTimeoutMs: 10_000,
  maxRedirects: 0,
  maxHeaderBytes: 16_384,
  maxHeaderLines: 128,
  maxErrorBodyBytes: 16_384,
};

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`. */
export function parseConnectOptions(options: ConnectOptions): ConnectSettings {
  const { subprotocols = [], createConnection } = options;
  return {
    connection: parseConnectionOptions(options),
    limits: parseNumbers(options, { ...CLIENT_DEFAULTS }, new Set(["maxErrorBodyBytes", "maxRedirects"])),
    subprotocols: typeof subprotocols === "string" ? [subprotocols] : subprotocols,
    extensions: parseExtensionOptions(options),
    headers: options.headers ?? {},
    origin: options.origin,
    host: options.host,
    cookie: options.cookie,
    cookieJar: options.cookieJar,
    trace: safeTrace(options.trace),
    signal: options.signal,
    tls: options.tls ?? {},
    proxyFor: parseProxyOption(options.proxy),
    proxyHeaders: options.proxyHeaders ?? {},
    proxyTls: options.proxyTls ?? {},
    socketPath: options.socketPath,
    isUnreferenced: options.unref ?? false,
    socket: createConnection === undefined ? undefined : ({ href }) => createConnection(href),
    network: networkOf(options),
  };
}

function parseProxyOption(proxy: ConnectOptions["proxy"]): ConnectSettings["proxyFor"] {
  if (proxy === undefined) return (url) => environmentProxy(url, env);
  if (proxy === false) return () => undefined;
  if (typeof proxy !== "function") {
    const fixed = parseProxy(String(proxy), "option proxy");
    return () => fixed;
  }
  return ({ href }) => {
    const chosen = proxy(href);
    return chosen === false ? undefined : parseProxy(String(chosen), "option proxy");
  };
}

function networkOf({ lookup, localAddress, family, addressAttemptTimeoutMs }: ConnectOptions): ConnectSettings["network"] {
  return {
    ...(lookup === undefined ? {} : { lookup }),
    ...(localAddress === undefined ? {} : { localAddress }),
    ...(family === undefined ? {} : { family }),
    ...(addressAttemptTimeoutMs === undefined ? {} : { autoSelectFamilyAttemptTimeout: addressAttemptTimeoutMs }),
  };
}
