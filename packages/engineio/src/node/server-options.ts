/**
 * Options of the server: the peers' names and units (milliseconds, bytes).
 *
 * Room: engineio node. parse-options.ts makes a complete record of them.
 */
import type { IncomingMessage } from "node:http";
import type { ZlibOptions } from "node:zlib";
import type { Clock } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import type { PerMessageDeflateOptions } from "@x/simple-ws/server";
import type { TransportName } from "../core/packet.js";
import type { CookieOptions } from "./cookie.js";
import type { CorsDelegate, CorsOptions } from "./cors.js";

/** `allowRequest` may call back, as the peers' does, or return (a promise of) a boolean; what it throws refuses, too. */
export type AllowRequest = (request: IncomingMessage, callback: (error: string | null | undefined, isAllowed: boolean) => void) => unknown;

/** How answers to polls are compressed; all but the threshold is for gzip and deflate. */
export interface HttpCompressionOptions {
  /** Shorter answers are sent as they are. Bytes, default 1024. */
  readonly threshold?: number | undefined;
  /** 0 (stored) to 9 (smallest). Default 6. */
  readonly level?: number | undefined;
  /** Memory of the compressor while it runs, 1 to 9. Default 8. */
  readonly memLevel?: number | undefined;
  /** Base-2 logarithm of the window, 9 to 15. Default 15. */
  readonly windowBits?: number | undefined;
  /** One of zlib's strategies, `zlib.constants.Z_…`. Default 0. */
  readonly strategy?: number | undefined;
  /** Pieces in which zlib takes memory for what it writes. Bytes, default 16384. */
  readonly chunkSize?: number | undefined;
}

/** Ours, or the peers' names for the same. */
export interface WebSocketCompressionOptions extends PerMessageDeflateOptions {
  /** The peers' name of `thresholdBytes`. Bytes, default 1024. */
  readonly threshold?: number | undefined;
  /** The peers' place of `level` and `memLevel`. */
  readonly zlibDeflateOptions?: Pick<ZlibOptions, "level" | "memLevel"> | undefined;
}

/** A token bucket. */
export interface RateOptions {
  /** How many in a second, in the long run. */
  readonly perSecond: number;
  /** How many at once after a rest. Default: `perSecond`, rounded up. */
  readonly burst?: number | undefined;
}

export interface ServerOptions {
  /** First part of the URL. Default `/engine.io`. */
  readonly path?: string | undefined;
  /** Must the path end in a slash? Default `true`. */
  readonly addTrailingSlash?: boolean | undefined;
  /** What clients may use; `webtransport` is one of {@link customTransports}. Default `["polling", "websocket"]`. */
  readonly transports?: readonly (TransportName | "webtransport")[] | undefined;
  /** Names of transports that the application brings by `handleTransport`, e.g. `webtransport`. Default: none. */
  readonly customTransports?: readonly string[] | undefined;
  /** May clients move from polling to WebSocket, or to a custom transport? Default `true`. */
  readonly allowUpgrades?: boolean | undefined;
  /** Clients of protocol 3 are refused with code 5; this server speaks protocol 4 only, so `true` is an invalid option. Default `false`. */
  readonly allowEIO3?: false | undefined;
  /** Answer `?j=<number>` polls with scripts? Scripts of any page may load them, so it wants `cors: { origin: "*" }`. Default `false`. */
  readonly jsonp?: boolean | undefined;
  /** Time between two heartbeats. Milliseconds, default 25000. */
  readonly pingInterval?: number | undefined;
  /** Told to clients on top of `pingInterval`, so that they are more patient than the server is punctual. Milliseconds, default 0. */
  readonly pingGrace?: number | undefined;
  /** Time to answer a heartbeat. Milliseconds, default 20000. */
  readonly pingTimeout?: number | undefined;
  /** Time for an upgrade, from its request on. Milliseconds, default 10000. */
  readonly upgradeTimeout?: number | undefined;
  /** Upgrades that one session may try; more are refused with 400, `engineio/bad-request`. Default 10. */
  readonly maxUpgradeAttempts?: number | undefined;
  /** Time that functions in `cors`, `allowRequest` and `generateId` have; over it, 503, `engineio/handshake-timeout`. Milliseconds, default 10000. */
  readonly handshakeTimeout?: number | undefined;
  /** Time for the body of a POST to arrive; over it, 408 and the end of the session, `engineio/request-timeout`. Milliseconds, default 30000. */
  readonly postTimeout?: number | undefined;
  /** How long `close` waits for a client to fetch what was sent. Milliseconds, default 30000. */
  readonly closeTimeout?: number | undefined;
  /** Largest POST body and largest WebSocket message from a client; over it, 413 or close code 1009, `engineio/content-too-long`. Bytes, default 1000000. */
  readonly maxHttpBufferSize?: number | undefined;
  /** Most packets in one POST body; over it, 400 and the end of the session, `engineio/too-many-packets`. Default 65536. */
  readonly maxPacketsPerPayload?: number | undefined;
  /** Most packets in one answer to a poll. Default 16, which is all that python-engineio takes. */
  readonly maxOutgoingPackets?: number | undefined;
  /** Most PONGs from one client between two PINGs that answer none; more end the session (a flood). Default 100. */
  readonly maxUnaskedPongs?: number | undefined;
  /** Most bytes waiting for one client, and the largest single message to it; more ends the session. Default 16777216. */
  readonly maxBufferedBytes?: number | undefined;
  /** From this many waiting bytes on, `send` answers with a pending promise. Default 65536. */
  readonly highWaterMarkBytes?: number | undefined;
  /** Most sessions at a time, those being opened included; more are answered 503, `engineio/overloaded`. Default 100000. */
  readonly maxSessions?: number | undefined;
  /**
   * Most sessions of one address at a time, an IPv6 network of 64 bits being one; more are answered 429, `engineio/rate-limited`. Default: no limit, because
   * behind a proxy all clients have one address until {@link trustProxy} is set.
   */
  readonly maxSessionsPerAddress?: number | undefined;
  /** How fast one address may open sessions; faster ones are answered 429, `engineio/rate-limited`. Default: no limit, as {@link maxSessionsPerAddress}. */
  readonly handshakeRate?: RateOptions | undefined;
  /**
   * How many proxies in front of the server are yours; `true` means one. Their `X-Forwarded-For`, `-Proto` and `-Host` are believed, and no
   * more than theirs. Default `false`: those headers mean nothing, as anybody can send them.
   */
  readonly trustProxy?: boolean | number | undefined;
  /** Compress answers to polls as `Accept-Encoding` asks (br, gzip, deflate)? Default `true`: those of 1024 bytes and more. */
  readonly httpCompression?: boolean | HttpCompressionOptions | undefined;
  /** Compress WebSocket messages (RFC 7692)? Default `false`: it costs memory per connection. */
  readonly perMessageDeflate?: boolean | WebSocketCompressionOptions | undefined;
  /** Which pages may connect, on both transports. Default: those of the server's own origin; `false`: all, and no CORS headers. */
  readonly cors?: false | CorsOptions | CorsDelegate | undefined;
  /** Sent with the handshake; `true` means `{ name: "io" }`. Default: none. */
  readonly cookie?: boolean | string | CookieOptions | undefined;
  /** Decides on each handshake. Default: all are allowed. */
  readonly allowRequest?: AllowRequest | undefined;
  /** Default: 120 random bits, base64url. */
  readonly generateId?: ((request: IncomingMessage) => string | Promise<string>) | undefined;
  /** First message to each client, right behind the handshake. */
  readonly initialPacket?: string | Uint8Array | undefined;
  /** Hang up on upgrade requests that nobody answers? Default `true`. */
  readonly destroyUpgrade?: boolean | undefined;
  /** …after this time. Milliseconds, default 1000. */
  readonly destroyUpgradeTimeout?: number | undefined;
  /**
   * How long `close` waits for connections of an HTTP server that is closed with this one: for requests that are being answered, and for
   * connections that never sent one. Those that are left are cut off. Milliseconds, default 5000.
   */
  readonly httpCloseTimeout?: number | undefined;
  /** Hears what handlers of yours throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}
