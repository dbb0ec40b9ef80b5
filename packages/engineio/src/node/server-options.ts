/**
 * Options of the server: the peers' names and units (milliseconds, bytes), parsed once into a complete record.
 *
 * Room: engineio node.
 */
import type { IncomingMessage } from "node:http";
import { type Clock, backgroundClock } from "@x/errors/clock";
import { EngineIOError } from "@x/errors/engineio";
import { type OnError, reportHandlerError } from "@x/errors/handlers";
import type { TransportName } from "../core/packet.js";
import type { CookieOptions } from "./cookie.js";
import type { CorsOptions } from "./cors.js";

/** `allowRequest` may call back, as the peers' does, or return (a promise of) a boolean; what it throws refuses, too. */
export type AllowRequest = (request: IncomingMessage, callback: (error: string | null | undefined, isAllowed: boolean) => void) => unknown;

export interface ServerOptions {
  /** First part of the URL. Default `/engine.io`. */
  readonly path?: string | undefined;
  /** Must the path end in a slash? Default `true`. */
  readonly addTrailingSlash?: boolean | undefined;
  /** Default `["polling", "websocket"]`. */
  readonly transports?: readonly TransportName[] | undefined;
  /** May clients move from polling to WebSocket? Default `true`. */
  readonly allowUpgrades?: boolean | undefined;
  /** Time between two heartbeats. Milliseconds, default 25000. */
  readonly pingInterval?: number | undefined;
  /** Time to answer a heartbeat. Milliseconds, default 20000. */
  readonly pingTimeout?: number | undefined;
  /** Time for an upgrade, from its request on. Milliseconds, default 10000. */
  readonly upgradeTimeout?: number | undefined;
  /** How long `close` waits for a client to fetch what was sent. Milliseconds, default 30000. */
  readonly closeTimeout?: number | undefined;
  /** Largest POST body and largest WebSocket message from a client. Bytes, default 1000000. */
  readonly maxHttpBufferSize?: number | undefined;
  /** Most packets in one POST body. Default 65536. */
  readonly maxPacketsPerPayload?: number | undefined;
  /** Most packets in one answer to a poll. Default 16, which is all that python-engineio takes. */
  readonly maxOutgoingPackets?: number | undefined;
  /** Most bytes waiting for one client, and the largest single message to it; more ends the session. Default 16777216. */
  readonly maxBufferedBytes?: number | undefined;
  /** From this many waiting bytes on, `send` answers with a pending promise. Default 65536. */
  readonly highWaterMarkBytes?: number | undefined;
  /** Most sessions at a time, those being opened included; more are answered 503. Default 100000. */
  readonly maxSessions?: number | undefined;
  /** Which pages may connect, on both transports. Default: those of the server's own origin. */
  readonly cors?: CorsOptions | undefined;
  /** Sent with the handshake; `true` means `{ name: "io" }`. Default: none. */
  readonly cookie?: boolean | string | CookieOptions | undefined;
  /** Decides on each handshake and upgrade. Default: all are allowed. */
  readonly allowRequest?: AllowRequest | undefined;
  /** Default: 120 random bits, base64url. */
  readonly generateId?: ((request: IncomingMessage) => string | Promise<string>) | undefined;
  /** First message to each client, right behind the handshake. */
  readonly initialPacket?: string | Uint8Array | undefined;
  /** Hang up on upgrade requests that nobody answers? Default `true`. */
  readonly destroyUpgrade?: boolean | undefined;
  /** …after this time. Milliseconds, default 1000. */
  readonly destroyUpgradeTimeout?: number | undefined;
  /** Hears what handlers of yours throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
  /** Default: the process's. */
  readonly clock?: Clock | undefined;
}

type Filled = Required<{ [Key in keyof ServerOptions]: Exclude<ServerOptions[Key], undefined> }>;
type Optional = "cors" | "cookie" | "allowRequest" | "generateId" | "initialPacket";

/** {@link ServerOptions} with nothing left open. */
export type ParsedServerOptions = Readonly<Omit<Filled, Optional>> & { readonly [Key in Optional]: ServerOptions[Key] };

/** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
export function parseServerOptions(options: ServerOptions = {}): ParsedServerOptions {
  return {
    path: options.path ?? "/engine.io",
    addTrailingSlash: options.addTrailingSlash ?? true,
    transports: transportList(options.transports ?? ["polling", "websocket"]),
    allowUpgrades: options.allowUpgrades ?? true,
    pingInterval: positive("pingInterval", options.pingInterval ?? 25_000),
    pingTimeout: positive("pingTimeout", options.pingTimeout ?? 20_000),
    upgradeTimeout: positive("upgradeTimeout", options.upgradeTimeout ?? 10_000),
    closeTimeout: positive("closeTimeout", options.closeTimeout ?? 30_000),
    maxHttpBufferSize: positive("maxHttpBufferSize", options.maxHttpBufferSize ?? 1e6),
    maxPacketsPerPayload: positive("maxPacketsPerPayload", options.maxPacketsPerPayload ?? 65_536),
    maxOutgoingPackets: positive("maxOutgoingPackets", options.maxOutgoingPackets ?? 16),
    maxBufferedBytes: positive("maxBufferedBytes", options.maxBufferedBytes ?? 16_777_216),
    highWaterMarkBytes: positive("highWaterMarkBytes", options.highWaterMarkBytes ?? 65_536),
    maxSessions: positive("maxSessions", options.maxSessions ?? 100_000),
    cors: options.cors,
    cookie: options.cookie,
    allowRequest: options.allowRequest,
    generateId: options.generateId,
    initialPacket: options.initialPacket,
    destroyUpgrade: options.destroyUpgrade ?? true,
    destroyUpgradeTimeout: positive("destroyUpgradeTimeout", options.destroyUpgradeTimeout ?? 1000),
    onError: options.onError ?? reportHandlerError,
    clock: options.clock ?? backgroundClock,
  };
}

/** @returns `path` with the slash that requests must have. */
export function requestPath(path: string, addTrailingSlash: boolean): string {
  const bare = path.replace(/\/+$/, "");
  return addTrailingSlash ? `${bare}/` : bare;
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw invalid(name, value, "a number above 0");
}

function transportList(names: readonly TransportName[]): readonly TransportName[] {
  const known: readonly string[] = ["polling", "websocket"];
  if (names.length > 0 && names.every((name) => known.includes(name))) return names;
  throw invalid("transports", names, `a list of ${known.join(", ")}`);
}

function invalid(name: string, value: unknown, wanted: string): EngineIOError {
  return new EngineIOError(`Cannot use option ${name}: it is ${JSON.stringify(value)}, must be ${wanted}`, { code: "engineio/invalid-option" });
}
