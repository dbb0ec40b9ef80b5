/**
 * Options of the client, with socket.io-client's names and meanings (Engine.IO's pass through to it).
 *
 * Room: socketio shell.
 */
import type { Clock, Random } from "@x/errors/clock";
import { SocketIOError } from "@x/errors/socketio";
import type { OnError } from "@x/errors/handlers";
import type { ReconnectPolicy } from "../../core/client-connection.js";
import type { Untyped } from "../../core/event-types.js";
import type { PacketLimits } from "../../core/limits.js";
import type { ParserOption } from "../../core/parser.js";
import type { Attempt, AttemptOptions } from "./attempt.js";

/** Sent with each CONNECT: an object, or a function called for each attempt, which returns one, resolves to one, or hands one to its callback. */
export type Auth = Record<string, Untyped> | AuthFunction;
export type AuthFunction = (callback: (auth: Record<string, Untyped>) => void, attempt: Attempt) => unknown;

export interface ManagerOptions extends Partial<Omit<ReconnectPolicy, "timeout">>, Partial<PacketLimits>, ParserOption, AttemptOptions {
  /** How long one attempt to connect may take. Milliseconds, or `false` for ever; default 20 000. */
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
  /** Sent with each CONNECT. */
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

/** @throws {SocketIOError} `socketio/invalid-option` */
export function readPolicy(options: ManagerOptions): ReconnectPolicy {
  return {
    reconnection: options.reconnection ?? true,
    reconnectionAttempts: atLeast("reconnectionAttempts", options.reconnectionAttempts ?? Infinity, 0),
    reconnectionDelay: atLeast("reconnectionDelay", options.reconnectionDelay ?? 1000, 0),
    reconnectionDelayMax: atLeast("reconnectionDelayMax", options.reconnectionDelayMax ?? 5000, 0),
    randomizationFactor: Math.min(1, atLeast("randomizationFactor", options.randomizationFactor ?? 1, 0)),
    stableAfterMs: atLeast("stableAfterMs", options.stableAfterMs ?? 5000, 0),
    retryIf: options.retryIf ?? always,
    maxRetryAfterMs: atLeast("maxRetryAfterMs", options.maxRetryAfterMs ?? 120_000, 0),
    timeout: options.timeout === false ? Infinity : atLeast("timeout", options.timeout ?? 20_000, 0),
  };
}

/** @throws {SocketIOError} `socketio/invalid-option` */
export function readSocketSettings(options: SocketOptions): SocketSettings {
  return {
    ackTimeout: atLeast("ackTimeout", options.ackTimeout ?? Infinity, 0),
    retries: atLeast("retries", options.retries ?? 0, 0),
    maxBufferedEvents: atLeast("maxBufferedEvents", options.maxBufferedEvents ?? 1000, 0),
    bufferPolicy: options.bufferPolicy ?? "oldest",
    maxPendingAcks: atLeast("maxPendingAcks", options.maxPendingAcks ?? 10_000, 1),
  };
}

function always(): boolean {
  return true;
}

function atLeast(name: string, value: number, least: number): number {
  if (value >= least) return value;
  throw new SocketIOError(`Invalid option: ${name} must be at least ${least}`, { code: "socketio/invalid-option" });
}
