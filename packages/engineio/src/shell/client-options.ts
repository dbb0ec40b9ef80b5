/**
 * Options of the client: the peers' names and units (milliseconds, bytes), parsed once into a complete record.
 *
 * Room: engineio shell.
 */
import { EngineIOError } from "@x/errors/engineio";
import type { OnError } from "@x/errors/handlers";
import type { TransportName } from "../core/packet.js";

export interface ClientOptions {
  /** First part of the URL. Default `/engine.io`. */
  readonly path?: string | undefined;
  /** Default `true`. */
  readonly addTrailingSlash?: boolean | undefined;
  /** In order of preference. Default `["polling", "websocket"]`. */
  readonly transports?: readonly TransportName[] | undefined;
  /** Move from polling to WebSocket? Default `true`. */
  readonly upgrade?: boolean | undefined;
  /** Begin with WebSocket when the last connection got that far? Default `false`. */
  readonly rememberUpgrade?: boolean | undefined;
  /** When the first transport fails before the session opens, try the others? Default `false`. */
  readonly tryAllTransports?: boolean | undefined;
  /** Send cookies to other origins (pages only). Default `false`. */
  readonly withCredentials?: boolean | undefined;
  /** Headers of every request; pages cannot add them to WebSockets. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  /** Add a changing parameter to URLs? Default: to polling requests. */
  readonly timestampRequests?: boolean | undefined;
  /** Its name. Default `t`. */
  readonly timestampParam?: string | undefined;
  /** WebSocket subprotocols. */
  readonly protocols?: string | readonly string[] | undefined;
  /** Close when the page goes away, without waiting for the browser? Default `false`. */
  readonly closeOnBeforeunload?: boolean | undefined;
  /** Time until the session must be open. Milliseconds, default 20000. */
  readonly connectTimeout?: number | undefined;
  /** Time for an upgrade. Milliseconds, default 10000. */
  readonly upgradeTimeout?: number | undefined;
  /** How long `close` waits for what was sent before. Milliseconds, default 30000. */
  readonly closeTimeout?: number | undefined;
  /** Largest message, and largest polling answer, from the server. Bytes, default 16777216. */
  readonly maxMessageBytes?: number | undefined;
  /** Most packets in one polling answer. Default 65536. */
  readonly maxPacketsPerPayload?: number | undefined;
  /** Most packets in one POST. Default 16, which is all that python-engineio takes. */
  readonly maxOutgoingPackets?: number | undefined;
  /** Most bytes that may wait for the server, and the largest message to it; more ends the session. Default 16777216. */
  readonly maxBufferedBytes?: number | undefined;
  /** From this many waiting bytes on, `send` answers with a pending promise. Default 65536. */
  readonly highWaterMarkBytes?: number | undefined;
  /** Hears what handlers of yours throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
}

type Optional = "extraHeaders" | "query" | "protocols" | "timestampRequests" | "onError";

/** {@link ClientOptions} with nothing left open. */
export type ParsedClientOptions = Readonly<Required<{ [Key in Exclude<keyof ClientOptions, Optional>]: Exclude<ClientOptions[Key], undefined> }>> & Pick<ClientOptions, Optional>;

/** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
export function parseClientOptions(options: ClientOptions): ParsedClientOptions {
  return {
    path: options.path ?? "/engine.io",
    addTrailingSlash: options.addTrailingSlash ?? true,
    transports: transportList(options.transports ?? ["polling", "websocket"]),
    upgrade: options.upgrade ?? true,
    rememberUpgrade: options.rememberUpgrade ?? false,
    tryAllTransports: options.tryAllTransports ?? false,
    withCredentials: options.withCredentials ?? false,
    extraHeaders: options.extraHeaders,
    query: options.query,
    timestampRequests: options.timestampRequests,
    timestampParam: options.timestampParam ?? "t",
    protocols: options.protocols,
    closeOnBeforeunload: options.closeOnBeforeunload ?? false,
    connectTimeout: positive("connectTimeout", options.connectTimeout, 20_000),
    upgradeTimeout: positive("upgradeTimeout", options.upgradeTimeout, 10_000),
    closeTimeout: positive("closeTimeout", options.closeTimeout, 30_000),
    maxMessageBytes: positive("maxMessageBytes", options.maxMessageBytes, 16_777_216),
    maxPacketsPerPayload: positive("maxPacketsPerPayload", options.maxPacketsPerPayload, 65_536),
    maxOutgoingPackets: positive("maxOutgoingPackets", options.maxOutgoingPackets, 16),
    maxBufferedBytes: positive("maxBufferedBytes", options.maxBufferedBytes, 16_777_216),
    highWaterMarkBytes: positive("highWaterMarkBytes", options.highWaterMarkBytes, 65_536),
    onError: options.onError,
  };
}

function positive(name: string, given: number | undefined, standard: number): number {
  const value = given ?? standard;
  if (value > 0) return value;
  throw invalid(name, "a number above 0");
}

function transportList(names: readonly TransportName[]): readonly TransportName[] {
  const known: readonly string[] = ["polling", "websocket"];
  if (names.length > 0 && names.every((name) => known.includes(name))) return names;
  throw invalid("transports", "a list of polling, websocket");
}

function invalid(name: string, wanted: string): EngineIOError {
  return new EngineIOError(`Cannot use option ${name}: must be ${wanted}`, { code: "engineio/invalid-option" });
}
