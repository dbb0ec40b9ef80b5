/**
 * Options of the client: the peers' names and units (milliseconds, bytes), parsed once into a complete record.
 *
 * Room: engineio shell.
 */
import { EngineIOError } from "@x/errors/engineio";
import type { OnError } from "@x/errors/handlers";
import type { TransportName } from "../core/packet.js";
import type { ClientTransport, RequestSettings } from "./ports.js";

/** What may differ from transport to transport; see {@link ClientOptions.transportOptions}. */
export interface TransportOptions {
  /** Headers of its requests, in place of the other ones. Default {@link ClientOptions.extraHeaders}. */
  readonly extraHeaders?: Readonly<Record<string, string>> | undefined;
  /** Default {@link ClientOptions.withCredentials}. */
  readonly withCredentials?: boolean | undefined;
  /** Default {@link ClientOptions.protocols}. */
  readonly protocols?: string | readonly string[] | undefined;
}

export interface ClientOptions {
  /** First part of the URL. Default `/engine.io`. */
  readonly path?: string | undefined;
  /** Default `true`. */
  readonly addTrailingSlash?: boolean | undefined;
  /** In order of preference: names, or transports of yours (see `streamTransport`). Default `["polling", "websocket"]`. */
  readonly transports?: readonly (TransportName | ClientTransport)[] | undefined;
  /** Options of single transports, by their names; they take the place of the ones for all. Default none. */
  readonly transportOptions?: Readonly<Record<string, TransportOptions>> | undefined;
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
  /** Parameters of every URL. */
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
  /** Time for the server to answer a POST; how long a poll may take is up to the heartbeat. Milliseconds, default 0: no limit of its own. */
  readonly requestTimeout?: number | undefined;
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
  /** Accepted for compatibility: binary messages are base64 in polling payloads only, where the protocol wants it. */
  readonly forceBase64?: boolean | undefined;
  /** Accepted for compatibility: time is the platform's. */
  readonly useNativeTimers?: boolean | undefined;
  /** Hears what handlers of yours throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
}

/** Numbers, all of which must be above 0. */
const numbers = {
  connectTimeout: 20_000,
  upgradeTimeout: 10_000,
  closeTimeout: 30_000,
  maxMessageBytes: 16_777_216,
  maxPacketsPerPayload: 65_536,
  maxOutgoingPackets: 16,
  maxBufferedBytes: 16_777_216,
  highWaterMarkBytes: 65_536,
} as const;

type Open = "transportOptions" | "extraHeaders" | "query" | "timestampRequests" | "protocols" | "forceBase64" | "useNativeTimers" | "onError";
type Defaults = Readonly<Required<{ [Key in Exclude<keyof ClientOptions, Open>]: Exclude<ClientOptions[Key], undefined> }>>;

/** {@link ClientOptions} with a value wherever there is a default. */
export type ParsedClientOptions = Defaults & Pick<ClientOptions, Open>;

const defaults: Defaults = {
  ...numbers,
  path: "/engine.io",
  addTrailingSlash: true,
  transports: ["polling", "websocket"],
  upgrade: true,
  rememberUpgrade: false,
  tryAllTransports: false,
  withCredentials: false,
  requestTimeout: 0,
  timestampParam: "t",
  closeOnBeforeunload: false,
};

/** @throws {EngineIOError} `engineio/invalid-option` naming the option. */
export function parseClientOptions(options: ClientOptions): ParsedClientOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const parsed: ParsedClientOptions = { ...defaults, ...given };
  for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
    if (!(parsed[name] > 0)) throw invalidOption(name, "a number above 0");
  }
  if (!(parsed.requestTimeout >= 0)) throw invalidOption("requestTimeout", "a number from 0");
  const { transports } = parsed;
  const known: readonly unknown[] = defaults.transports;
  if (transports.length === 0 || !transports.every((one) => typeof one === "object" || known.includes(one))) throw invalidOption("transports", "a list of polling, websocket and transports of yours");
  return parsed;
}

/** @returns what the transport of that name sends along. */
export function requestSettings(opts: ParsedClientOptions, name: string): RequestSettings {
  const { extraHeaders = {}, protocols = [], withCredentials = false }: TransportOptions = { ...opts, ...opts.transportOptions?.[name] };
  return { headers: extraHeaders, withCredentials, subprotocols: typeof protocols === "string" ? [protocols] : protocols, maxMessageBytes: opts.maxMessageBytes };
}

/** @returns the error for an option that is not what is `wanted`. */
export function invalidOption(name: string, wanted: string): EngineIOError {
  return new EngineIOError(`Cannot use option ${name}: must be ${wanted}`, { code: "engineio/invalid-option" });
}
