/**
 * The numbers of a resilient socket, parsed once at the border into complete records. Room: pool core.
 */
import { JetSocketError } from "@x/errors/pool";

/** What happens to messages that come faster than they are taken. */
export type OverflowPolicy = "pause" | "dropOldest" | "dropNewest" | "conflate" | "error";
/** What happens to messages that are sent faster than they can leave. */
export type OutboxPolicy = "dropOldest" | "dropNewest" | "error";

/** Times are milliseconds. */
export interface SocketLimits {
  /** One attempt: the functions for `url` and `headers`, the connection and its handshake. Default 10,000. Over it: `pool/connection-timeout`. */
  readonly connectTimeoutMs: number;
  /** `connect()` in all, with its waits. Default 30,000. Over it: the last failure, or `pool/connection-timeout`. */
  readonly openTimeoutMs: number;
  /** The closing handshake. Default 5,000. Over it the connection is cut. */
  readonly closeTimeoutMs: number;
  /** A connection this old is replaced by a new one before it goes. Default Infinity. */
  readonly maxAgeMs: number;
  /** Part of `maxAgeMs` that is left to chance, so that a fleet does not renew in step. Default 0.1. */
  readonly maxAgeJitter: number;
  /** How long the replaced connection is still heard. Default 1,000 where messages have ids, else 0. */
  readonly overlapMs: number;
  /** Calls of `receive` that wait. Default 1,024. The next throws `pool/too-many-receivers`. */
  readonly maxReceivers: number;
}

export interface HeartbeatLimits {
  /** Silence after which a ping is sent. Default Infinity: off. */
  readonly intervalMs: number;
  /** Silence after a ping, until the connection is given up. Default 10,000, or half of a shorter interval. */
  readonly timeoutMs: number;
}

export interface BufferLimits {
  /** Messages. Default 1,000. */
  readonly capacity: number;
  /** What they hold together; strings count their length. Default 16 MiB. */
  readonly maxBytes: number;
  /** What happens at the limit. Default "pause". */
  readonly policy: OverflowPolicy;
}

export interface OutboxLimits {
  /** Messages that wait for a connection or an acknowledgement. Default 0: none may. */
  readonly capacity: number;
  /** What they hold together; strings count their length. Default 1 MiB. */
  readonly maxBytes: number;
  /** What happens at the limit. Default "error". */
  readonly policy: OutboxPolicy;
  /** From `send` to the acknowledgement. Default 30,000. Over it: `pool/connection-timeout`. */
  readonly ackTimeoutMs: number;
}

export const DEFAULT_SOCKET_LIMITS: Omit<SocketLimits, "overlapMs"> = {
  connectTimeoutMs: 10_000,
  openTimeoutMs: 30_000,
  closeTimeoutMs: 5_000,
  maxAgeMs: Infinity,
  maxAgeJitter: 0.1,
  maxReceivers: 1_024,
};
export const DEFAULT_OVERLAP_MS = 1_000;
export const DEFAULT_HEARTBEAT_TIMEOUT_MS = 10_000;
export const DEFAULT_BUFFER: BufferLimits = { capacity: 1_000, maxBytes: 16_777_216, policy: "pause" };
export const DEFAULT_OUTBOX: OutboxLimits = { capacity: 1_000, maxBytes: 1_048_576, policy: "error", ackTimeoutMs: 30_000 };
export const NO_OUTBOX: OutboxLimits = { ...DEFAULT_OUTBOX, capacity: 0 };
export const DEFAULT_DEDUP_WINDOW = 1_000;

type Given<Limits> = { readonly [Name in keyof Limits]?: Limits[Name] | undefined };

/** @param hasIds whether received messages have ids, so that two connections can be heard at once.
 *  @throws {JetSocketError} `pool/invalid-option`, like everything here. */
export function parseSocketLimits(options: Given<SocketLimits>, hasIds: boolean): SocketLimits {
  const limits: SocketLimits = filled({ ...DEFAULT_SOCKET_LIMITS, overlapMs: hasIds ? DEFAULT_OVERLAP_MS : 0 }, options);
  for (const name of ["connectTimeoutMs", "openTimeoutMs", "maxAgeMs"] as const) check(name, limits[name], (value) => value > 0, "milliseconds above 0");
  for (const name of ["closeTimeoutMs", "overlapMs"] as const) check(name, limits[name], (value) => value >= 0, "milliseconds from 0");
  check("maxAgeJitter", limits.maxAgeJitter, (value) => value >= 0 && value <= 1, "from 0 to 1");
  check("maxReceivers", limits.maxReceivers, isCount, "a whole number from 1");
  return limits;
}

/** @param given a number is the interval. */
export function parseHeartbeat(given: number | Given<HeartbeatLimits> | undefined): HeartbeatLimits {
  const { intervalMs = Infinity, timeoutMs = Math.min(DEFAULT_HEARTBEAT_TIMEOUT_MS, intervalMs / 2) } = typeof given === "number" ? { intervalMs: given } : given ?? {};
  check("heartbeat.intervalMs", intervalMs, (value) => value > 0, "milliseconds above 0");
  check("heartbeat.timeoutMs", timeoutMs, (value) => value > 0, "milliseconds above 0");
  return { intervalMs, timeoutMs };
}

/** @param given a number is the capacity. */
export function parseBuffer(given: number | Given<BufferLimits> | undefined, hasKeys: boolean): BufferLimits {
  const limits = filled(DEFAULT_BUFFER, typeof given === "number" ? { capacity: given } : given ?? {});
  checkSize("buffer", limits);
  if (limits.policy === "conflate" && !hasKeys) throw invalid("buffer.policy is conflate, must come with buffer.keyOf");
  return limits;
}

/** @param given a number is the capacity; `false` is none. */
export function parseOutbox(given: number | boolean | Given<OutboxLimits> | undefined): OutboxLimits {
  if (given === undefined || given === false) return NO_OUTBOX;
  const limits = filled(DEFAULT_OUTBOX, typeof given === "number" ? { capacity: given } : given === true ? {} : given);
  checkSize("outbox", limits);
  check("outbox.ack.timeoutMs", limits.ackTimeoutMs, (value) => value > 0, "milliseconds above 0");
  return limits;
}

export function parseWindow(window: number = DEFAULT_DEDUP_WINDOW): number {
  return check("buffer.dedup.window", window, isCount, "a whole number from 1");
}

export function invalid(what: string): JetSocketError {
  return new JetSocketError(`Cannot create socket: ${what}`, { code: "pool/invalid-option" });
}

function filled<Limits extends object>(defaults: Limits, given: Given<Limits>): Limits {
  const limits = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof Limits)[]) limits[name] = given[name] ?? defaults[name];
  return limits;
}

function checkSize(what: string, { capacity, maxBytes }: { readonly capacity: number; readonly maxBytes: number }): void {
  check(`${what}.capacity`, capacity, isCount, "a whole number from 1");
  check(`${what}.maxBytes`, maxBytes, (value) => value >= 1, "at least 1");
}

function isCount(value: number): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && value >= 1);
}

function check(name: string, value: number, isValid: (value: number) => boolean, wanted: string): number {
  if (isValid(value)) return value;
  throw invalid(`${name} is ${value}, must be ${wanted}`);
}
