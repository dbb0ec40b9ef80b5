/**
 * What `accept` and `serve` may be told.
 *
 * Room: simple-ws node. Units are in the names.
 */
import type { IncomingMessage } from "node:http";
import type { HeadersInput } from "../core/handshake/headers.js";
import type { OriginPolicy, Refusal, UpgradePolicy } from "../core/handshake/server.js";
import { parseConnectionOptions, parseNumbers, type ConnectionOptions, type ConnectionSettings } from "../core/options.js";
import { safeTrace, type TraceSink } from "../shell/trace.js";
import { parseExtensionOptions, type ExtensionOptions } from "./extensions.js";

export interface AcceptOptions extends ConnectionOptions, ExtensionOptions {
  /** Which browser pages may connect. Default "same-origin". */
  readonly origin?: OriginPolicy;
  /** What this server speaks; the first of the client's that is in here is chosen. Default none. */
  readonly subprotocols?: string | readonly string[];
  /** Chooses itself. @returns one of `offered`, or `undefined` for none. */
  readonly chooseSubprotocol?: (offered: readonly string[]) => string | undefined;
  /** Refuses by returning a {@link Refusal}, at once or later: tokens, rooms that are full. Throwing refuses with 500. */
  readonly verify?: (request: IncomingMessage) => Refusal | undefined | Promise<Refusal | undefined>;
  /** How long {@link verify} may take. Default 10 000. Over it: 503, `simple-ws/handshake-timeout`. */
  readonly handshakeTimeoutMs?: number;
  /** Further header fields of the 101. */
  readonly responseHeaders?: HeadersInput | ((request: IncomingMessage) => HeadersInput);
  /**
   * Judge by the request's `rawHeaders`: for requests that no code of the application has changed. Node makes `headers` when somebody
   * first looks, which costs a tenth of a handshake. Default `false`.
   */
  readonly rawHeaders?: boolean;
  /** Is told what goes over the wire; see `enableTrace`. Default nobody. */
  readonly trace?: TraceSink;
  /** Once aborted, requests are refused with 503. */
  readonly signal?: AbortSignal;
}

/** {@link AcceptOptions} with nothing missing. */
export interface AcceptSettings {
  readonly connection: ConnectionSettings;
  readonly policy: UpgradePolicy;
  readonly verify: AcceptOptions["verify"] | undefined;
  readonly handshakeTimeoutMs: number;
  readonly responseHeaders: AcceptOptions["responseHeaders"] | undefined;
  readonly trace: TraceSink | undefined;
  readonly signal: AbortSignal | undefined;
}

export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Parsed once per options object, so that connections share one record. */
const parsed = new WeakMap<AcceptOptions, AcceptSettings>();

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`. */
export function parseAcceptOptions(options: AcceptOptions): AcceptSettings {
  let settings = parsed.get(options);
  if (settings === undefined) {
    settings = parse(options);
    parsed.set(options, settings);
  }
  return settings;
}

function parse(options: AcceptOptions): AcceptSettings {
  const { handshakeTimeoutMs } = parseNumbers(options, { handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS }, new Set());
  return {
    connection: parseConnectionOptions(options),
    policy: { origin: options.origin ?? "same-origin", chooseSubprotocol: options.chooseSubprotocol ?? firstOf(options.subprotocols ?? []), extensions: parseExtensionOptions(options), isRaw: options.rawHeaders === true },
    verify: options.verify,
    handshakeTimeoutMs,
    responseHeaders: options.responseHeaders,
    trace: safeTrace(options.trace),
    signal: options.signal,
  };
}

function firstOf(subprotocols: string | readonly string[]): UpgradePolicy["chooseSubprotocol"] {
  const supported: ReadonlySet<string> = new Set(typeof subprotocols === "string" ? [subprotocols] : subprotocols);
  return (offered) => offered.find((name) => supported.has(name));
}
