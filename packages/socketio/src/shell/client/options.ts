/**
 * Options of the client, with socket.io-client's names and meanings (Engine.IO's pass through to it).
 *
 * Room: socketio shell.
 */
import type { Clock, Random } from "@x/errors/clock";
import { callSafely, type OnError } from "@x/errors/handlers";
import type { ReconnectPolicy } from "../../core/client-connection.js";
import type { Untyped } from "../../core/event-types.js";
import { invalidOption } from "../../core/faults.js";
import type { PacketLimits } from "../../core/limits.js";
import type { ParserOption } from "../../core/parser.js";
import type { Attempt, AttemptOptions } from "./attempt.js";

/** Sent with each CONNECT: an object, or a function called for each attempt, which returns one, resolves to one, or hands one to its callback. */
export type Auth = Record<string, Untyped> | AuthFunction;
export type AuthFunction = (callback: (auth: Record<string, Untyped>) => void, attempt: Attempt) => unknown;

export interface ManagerOptions extends Partial<Omit<ReconnectPolicy, "timeout">>, Partial<PacketLimits>, ParserOption, AttemptOptions {
  /**
   * How long opening a connection may take, and then the answer of each namespace, `auth` included. A connection over which nobody is
   * connected by then is given up. Milliseconds, or `false` for ever; default 20 000.
   */
  readonly timeout?: number | false;
  /** Whether to connect without being asked. Default `true`. */
  readonly autoConnect?: boolean;
  /** Path of the server's endpoint. Default `/socket.io`. */
  readonly path?: string;
  /** Told what listeners and peers did wrong. Default: an entry on `console.error`. */
  readonly onError?: OnError;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** For jitter. Default: the system's. */
  readonly random?: Random;
}

export interface SocketOptions {
  /** Sent with each CONNECT. A function is asked for each, and, when it fails, again after a wait of the same policy as connections. */
  readonly auth?: Auth;
  /** How long acknowledgements may take when `timeout()` does not say. Milliseconds; default for ever. */
  readonly ackTimeout?: number;
  /**
   * How often an event is sent again that was not acknowledged within `ackTimeout`, or before the connection was lost; volatile ones never
   * are. Callbacks are then told about an error first. Count; default 0.
   */
  readonly retries?: number;
  /** Most events kept while there is no connection, each way. Count; default 1000. */
  readonly maxBufferedEvents?: number;
  /** What gives way when that many are kept: the `oldest`, the `newest`, or the caller, by an `error`. Default `oldest`. */
  readonly bufferPolicy?: "oldest" | "newest" | "error";
  /** Most acknowledgements waited for, those of `retries` included. Count; default 10 000. */
  readonly maxPendingAcks?: number;
}

export interface SocketSettings {
  readonly retries: number;
  readonly ackTimeout: number;
  readonly maxBufferedEvents: number;
  readonly bufferPolicy: "oldest" | "newest" | "error";
  readonly maxPendingAcks: number;
}

const policyNumbers = {
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 1,
  stableAfterMs: 5000,
  maxRetryAfterMs: 120_000,
  timeout: 20_000,
} as const;

const socketNumbers = { ackTimeout: Infinity, retries: 0, maxBufferedEvents: 1000, maxPendingAcks: 10_000 } as const;

/** @throws {SocketIOError} `socketio/invalid-option` */
export function readPolicy(options: ManagerOptions): ReconnectPolicy {
  const { timeout, reconnection = true, retryIf = always } = options;
  const numbers = readNumbers({ ...options, timeout: timeout === false ? Infinity : timeout }, policyNumbers);
  return { ...numbers, reconnection, retryIf, randomizationFactor: Math.min(1, numbers.randomizationFactor) };
}

/** @returns a `retryIf` that never throws: where the given one does, it says no, and `report` is told. */
export function safeRetryIf(report: OnError, retryIf: ReconnectPolicy["retryIf"] = always): ReconnectPolicy["retryIf"] {
  return (error) => callSafely(retryIf, [error], (failure) => report(failure, { event: "retryIf" })) ?? false;
}

/** @throws {SocketIOError} `socketio/invalid-option` */
export function readSocketSettings(options: SocketOptions): SocketSettings {
  const { bufferPolicy = "oldest" } = options;
  if (!/^(oldest|newest|error)$/.test(bufferPolicy)) throw invalidOption("bufferPolicy must be oldest, newest or error");
  return { ...readNumbers(options, socketNumbers), bufferPolicy };
}

function always(): boolean {
  return true;
}

/** @returns the options that have a number by default, none of them below 0. */
function readNumbers<Name extends string>(options: Readonly<Partial<Record<NoInfer<Name>, number | undefined>>>, defaults: Readonly<Record<Name, number>>): Record<Name, number> {
  const numbers: Record<Name, number> = { ...defaults };
  for (const name of Object.keys(defaults) as Name[]) {
    const value = options[name] ?? defaults[name];
    if (!(value >= 0)) throw invalidOption(`${name} must be at least 0`);
    numbers[name] = value;
  }
  return numbers;
}
