/**
 * {@link ServerOptions}, read once into a record with nothing left open.
 *
 * Room: engineio node.
 */
import { type Clock, backgroundClock } from "@x/errors/clock";
import { EngineIOError } from "@x/errors/engineio";
import { type OnError, contained } from "@x/errors/handlers";
import type { PerMessageDeflateOptions } from "@x/simple-ws/server";
import type { TransportName } from "../core/packet.js";
import { type CompressionSettings, parseCompression, parseDeflate } from "./compression.js";
import { type CookieOptions, parseCookie } from "./cookie.js";
import type { CorsSettings } from "./cors.js";
import type { Rate } from "./rate-limit.js";
import type { RateOptions, ServerOptions } from "./server-options.js";

type Plain = "path" | "addTrailingSlash" | "allowUpgrades" | "jsonp" | "pingInterval" | "pingGrace" | "pingTimeout" | "upgradeTimeout" | "maxUpgradeAttempts"
  | "handshakeTimeout" | "postTimeout" | "closeTimeout" | "maxHttpBufferSize" | "maxPacketsPerPayload" | "maxOutgoingPackets" | "maxUnaskedPongs" | "maxBufferedBytes"
  | "highWaterMarkBytes" | "maxSessions" | "maxSessionsPerAddress" | "destroyUpgrade" | "destroyUpgradeTimeout" | "httpCloseTimeout";

/** {@link ServerOptions} with nothing left open. */
export interface ParsedServerOptions extends Readonly<Required<{ [Key in Plain]: Exclude<ServerOptions[Key], undefined> }>>,
  Pick<ServerOptions, "allowRequest" | "generateId" | "initialPacket"> {
  readonly transports: readonly TransportName[];
  readonly customTransports: readonly string[];
  readonly handshakeRate: Rate | undefined;
  /** How many proxies are trusted. */
  readonly trustProxy: number;
  readonly httpCompression: CompressionSettings | undefined;
  readonly perMessageDeflate: boolean | PerMessageDeflateOptions;
  readonly cors: CorsSettings;
  readonly cookie: CookieOptions | undefined;
  readonly onError: OnError;
  readonly clock: Clock;
}

/** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
export function parseServerOptions(options: ServerOptions = {}): ParsedServerOptions {
  const allowEIO3: unknown = options.allowEIO3;
  if (allowEIO3 === true) throw invalid("allowEIO3", true, "false: protocol 3 is not implemented, its clients are refused with code 5");
  return {
    path: options.path ?? "/engine.io",
    addTrailingSlash: options.addTrailingSlash ?? true,
    ...parseTransports(options),
    allowUpgrades: options.allowUpgrades ?? true,
    jsonp: parseJsonp(options),
    ...parseTimes(options),
    ...parseLimits(options),
    trustProxy: proxyCount(options.trustProxy ?? false),
    httpCompression: parseCompression(options.httpCompression ?? true),
    perMessageDeflate: parseDeflate(options.perMessageDeflate ?? false),
    cors: options.cors ?? {},
    cookie: parseCookie(options.cookie),
    allowRequest: options.allowRequest,
    generateId: options.generateId,
    initialPacket: options.initialPacket,
    destroyUpgrade: options.destroyUpgrade ?? true,
    onError: contained(options.onError), // a log that is full neither ends the process nor leaves a request without an answer
    clock: options.clock ?? backgroundClock,
  };
}

function parseTimes(options: ServerOptions): Pick<ParsedServerOptions, "pingInterval" | "pingGrace" | "pingTimeout" | "upgradeTimeout" | "handshakeTimeout" | "postTimeout" | "closeTimeout" | "destroyUpgradeTimeout" | "httpCloseTimeout"> {
  return {
    pingInterval: positive("pingInterval", options.pingInterval ?? 25_000),
    pingGrace: atLeastZero("pingGrace", options.pingGrace ?? 0),
    pingTimeout: positive("pingTimeout", options.pingTimeout ?? 20_000),
    upgradeTimeout: positive("upgradeTimeout", options.upgradeTimeout ?? 10_000),
    handshakeTimeout: positive("handshakeTimeout", options.handshakeTimeout ?? 10_000),
    postTimeout: positive("postTimeout", options.postTimeout ?? 30_000),
    closeTimeout: positive("closeTimeout", options.closeTimeout ?? 30_000),
    destroyUpgradeTimeout: positive("destroyUpgradeTimeout", options.destroyUpgradeTimeout ?? 1000),
    httpCloseTimeout: positive("httpCloseTimeout", options.httpCloseTimeout ?? 5000),
  };
}

function parseLimits(options: ServerOptions): Pick<ParsedServerOptions, "maxUpgradeAttempts" | "maxHttpBufferSize" | "maxPacketsPerPayload" | "maxOutgoingPackets" | "maxUnaskedPongs" | "maxBufferedBytes" | "highWaterMarkBytes" | "maxSessions" | "maxSessionsPerAddress" | "handshakeRate"> {
  return {
    maxUpgradeAttempts: positive("maxUpgradeAttempts", options.maxUpgradeAttempts ?? 10),
    maxHttpBufferSize: positive("maxHttpBufferSize", options.maxHttpBufferSize ?? 1e6),
    maxPacketsPerPayload: positive("maxPacketsPerPayload", options.maxPacketsPerPayload ?? 65_536),
    maxOutgoingPackets: positive("maxOutgoingPackets", options.maxOutgoingPackets ?? 16),
    maxUnaskedPongs: positive("maxUnaskedPongs", options.maxUnaskedPongs ?? 100),
    maxBufferedBytes: positive("maxBufferedBytes", options.maxBufferedBytes ?? 16_777_216),
    highWaterMarkBytes: positive("highWaterMarkBytes", options.highWaterMarkBytes ?? 65_536),
    maxSessions: positive("maxSessions", options.maxSessions ?? 100_000),
    maxSessionsPerAddress: positive("maxSessionsPerAddress", options.maxSessionsPerAddress ?? Infinity),
    handshakeRate: parseRate(options.handshakeRate),
  };
}

/** A script element's request has no origin that could be judged. */
function parseJsonp({ jsonp = false, cors }: ServerOptions): boolean {
  const isOpen = cors === false || (typeof cors === "object" && (cors.origin === "*" || cors.origin === true));
  if (!jsonp || isOpen) return jsonp;
  throw invalid("jsonp", true, "false, unless cors is open to all origins");
}

function parseRate(rate: RateOptions | undefined): Rate | undefined {
  if (rate === undefined) return undefined;
  const perSecond = positive("handshakeRate.perSecond", rate.perSecond);
  return { perSecond, burst: positive("handshakeRate.burst", rate.burst ?? Math.ceil(perSecond)) };
}

function proxyCount(trusted: boolean | number): number {
  const count = Number(trusted);
  if (Number.isInteger(count) && count >= 0) return count;
  throw invalid("trustProxy", trusted, "a boolean or a number of proxies");
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw invalid(name, value, "a number above 0");
}

function atLeastZero(name: string, value: number): number {
  if (value >= 0) return value;
  throw invalid(name, value, "a number, 0 or above");
}

const builtIn: readonly TransportName[] = ["polling", "websocket"];

/** The peers list their third transport with the others; here it is the application's to bring. */
function parseTransports({ transports = builtIn, customTransports = [] }: ServerOptions): Pick<ParsedServerOptions, "transports" | "customTransports"> {
  const custom = transports.includes("webtransport") ? ["webtransport", ...customTransports] : customTransports;
  const isKnown = transports.every((name) => name === "webtransport" || builtIn.includes(name));
  if (!isKnown || transports.length === 0) throw invalid("transports", transports, `a list of ${builtIn.join(", ")}`);
  return { transports: builtIn.filter((name) => transports.includes(name)), customTransports: custom };
}

function invalid(name: string, value: unknown, wanted: string): EngineIOError {
  return new EngineIOError(`Cannot use option ${name}: it is ${JSON.stringify(value)}, must be ${wanted}`, { code: "engineio/invalid-option" });
}
