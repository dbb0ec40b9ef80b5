/**
 * What a connection may be told, parsed once at the border into a complete record that all connections of a server share.
 *
 * Room: simple-ws core. Units are in the names; 0 switches a timeout off where its doc says so.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { DEFAULT_LIMITS, resolveLimits, type DecoderLimits } from "@x/wsframe";

export type InboxPolicy = "pause" | "dropOldest" | "dropNewest" | "error";

/** Options of every connection, client and server. */
export interface ConnectionOptions {
  /** Largest message received, in bytes after reassembly. Default 1 MiB. Over it: close 1009, `wsframe/message-too-big`. */
  readonly maxMessageBytes?: number;
  /** Largest number of frames of one message. Default 131 072. Over it: the connection fails, `wsframe/too-many-fragments`. */
  readonly maxFragments?: number;
  /** Ping, Pong and Close frames received within a second. Default 10 000. Over it: close 1008, `wsframe/too-many-control-frames`. */
  readonly maxControlFrames?: number;
  /** Silence after which a Ping is sent. Default 30 000; 0 sends none. */
  readonly pingIntervalMs?: number;
  /** Silence after a Ping that ends the connection: close 1008, `simple-ws/ping-timeout`. Default 20 000; 0 waits for ever. */
  readonly pingTimeoutMs?: number;
  /** Time without a message (Pings and Pongs are none) that ends the connection: close 1008, `simple-ws/idle-timeout`. Default 0: none. */
  readonly idleTimeoutMs?: number;
  /** How long the peer has to answer our Close and to end TCP. Default 5 000. */
  readonly closeTimeoutMs?: number;
  /** Outgoing bytes above which the promise of `send` waits. Default 64 KiB; no less than the socket's own mark. */
  readonly highWaterMarkBytes?: number;
  /** Outgoing bytes above which `send` throws `simple-ws/buffer-full`. Default 16 MiB. */
  readonly maxBufferedBytes?: number;
  /**
   * What happens to messages that nobody has asked for once one of the two limits below is reached. "pause" (the default): reading
   * stops, the peer's sends wait. "dropOldest", "dropNewest": messages are lost and counted in `stats()`. "error": the connection
   * ends with 1008, `simple-ws/inbox-full`.
   */
  readonly inboxPolicy?: InboxPolicy;
  /** Received bytes not yet asked for, above which {@link inboxPolicy} holds. Default 1 MiB. */
  readonly maxInboxBytes?: number;
  /** Received messages not yet asked for, above which {@link inboxPolicy} holds. Default 1 024. */
  readonly maxInboxMessages?: number;
  /** Calls of `receive` that may wait at once. Default 1 024. Over it: `simple-ws/too-many-receivers`. */
  readonly maxReceivers?: number;
  /** Calls of `ping` that may wait for their Pong at once. Default 64. Over it: `simple-ws/too-many-pings`. */
  readonly maxPings?: number;
}

/** {@link ConnectionOptions} with nothing missing. */
export interface ConnectionSettings extends Required<ConnectionOptions> {
  readonly limits: DecoderLimits;
}

export const CONNECTION_DEFAULTS: Required<Omit<ConnectionOptions, "inboxPolicy">> = {
  maxMessageBytes: DEFAULT_LIMITS.maxMessageBytes,
  maxFragments: DEFAULT_LIMITS.maxFragments,
  maxControlFrames: DEFAULT_LIMITS.maxControlFrames,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 20_000,
  idleTimeoutMs: 0,
  closeTimeoutMs: 5_000,
  highWaterMarkBytes: 65_536,
  maxBufferedBytes: 16_777_216,
  maxInboxBytes: 1_048_576,
  maxInboxMessages: 1_024,
  maxReceivers: 1_024,
  maxPings: 64,
};

/** Which options may be 0, meaning off. */
const mayBeZero: ReadonlySet<string> = new Set(["pingIntervalMs", "pingTimeoutMs", "idleTimeoutMs", "highWaterMarkBytes"]);

/** @throws {SimpleWebsocketError} `simple-ws/invalid-option`. */
export function parseConnectionOptions(options: ConnectionOptions): ConnectionSettings {
  const complete = parseNumbers(options, CONNECTION_DEFAULTS, mayBeZero);
  const { maxMessageBytes, maxFragments, maxControlFrames } = complete;
  return { ...complete, inboxPolicy: parseInboxPolicy(options.inboxPolicy), limits: resolveLimits({ maxMessageBytes, maxFragments, maxControlFrames }) };
}

const inboxPolicies: ReadonlySet<unknown> = new Set(["pause", "dropOldest", "dropNewest", "error"] satisfies InboxPolicy[]);

function parseInboxPolicy(policy: InboxPolicy = "pause"): InboxPolicy {
  if (inboxPolicies.has(policy)) return policy;
  throw new SimpleWebsocketError("Cannot use option inboxPolicy: must be pause, dropOldest, dropNewest or error", { code: "simple-ws/invalid-option" });
}

/**
 * Numeric options over their defaults; other members of `options` are left out.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`: no number, negative, or 0 where `mayBeZero` does not name it.
 */
export function parseNumbers<Names extends string>(
  options: Readonly<Partial<Record<NoInfer<Names>, number>>>,
  defaults: Readonly<Record<Names, number>>,
  mayBeZero: ReadonlySet<string>,
): Record<Names, number> {
  const complete: Record<Names, number> = { ...defaults };
  for (const name in defaults) {
    const value: unknown = options[name] ?? defaults[name];
    if (typeof value !== "number" || !(value > 0 || (value === 0 && mayBeZero.has(name)))) {
      throw new SimpleWebsocketError(`Cannot use option ${name}: it is ${String(value).slice(0, 40)}, must be a number above 0${mayBeZero.has(name) ? " or 0" : ""}`, { code: "simple-ws/invalid-option" });
    }
    complete[name] = value;
  }
  return complete;
}
