/**
 * One life of a resilient socket, from `connect` until it is over: which attempt follows a failure, and when `connect` gives up. Room: pool core.
 */
import type { JetSocketError } from "@x/errors/pool";
import type { NextAttempt, Reconnection } from "@x/errors/retry";
import { notOpenAfter } from "./dialer.js";
import type { Attempt, ConnectIntent } from "./lifecycle.js";

export class Life {
  /** `undefined`: the first end is the last. */
  readonly #reconnection: Reconnection | undefined;
  readonly #openTimeoutMs: number;
  /** `undefined` once `connect` has succeeded. */
  #connectByMs: number | undefined;
  /** Whether an attempt that failed is made again. */
  #retries: boolean;
  #downSinceMs: number | undefined;
  #lastFailure: JetSocketError | undefined;

  constructor(reconnection: Reconnection | undefined, { timeoutMs, retries }: ConnectIntent, nowMs: number) {
    this.#reconnection = reconnection;
    this.#openTimeoutMs = timeoutMs;
    this.#connectByMs = nowMs + timeoutMs;
    this.#retries = retries;
  }

  /** `connect` has not succeeded yet. */
  get isOpening(): boolean {
    return this.#connectByMs !== undefined;
  }

  /** When `connect` gives up. */
  get deadlineMs(): number {
    return this.#connectByMs ?? Infinity;
  }

  /** Why `connect` gives up at its deadline. */
  get overdue(): JetSocketError {
    return this.#lastFailure ?? notOpenAfter(this.#openTimeoutMs);
  }

  /** There is a connection. @returns for how long there was none; `undefined` where none had been lost. */
  opened(nowMs: number): number | undefined {
    const downtimeMs = this.#downSinceMs === undefined ? undefined : nowMs - this.#downSinceMs;
    this.#retries = true;
    this.#connectByMs = this.#downSinceMs = this.#lastFailure = undefined;
    return downtimeMs;
  }

  /** The connection is lost. @returns when to try again; `undefined`: never. */
  lost(error: JetSocketError, lastedMs: number, nowMs: number): NextAttempt | undefined {
    this.#downSinceMs = nowMs;
    return this.#reconnection?.next(error, lastedMs);
  }

  /** An attempt failed while there is no connection. @returns as {@link lost}; also `undefined` where `connect` would not wait for it. */
  attemptFailed(failure: JetSocketError, nowMs: number): NextAttempt | undefined {
    const next = this.#retries ? this.#reconnection?.next(failure, 0) : undefined;
    return next === undefined || nowMs + next.delayMs >= this.deadlineMs ? undefined : next;
  }

  /** An attempt to replace the connection failed. @returns as {@link lost}. */
  renewalFailed(failure: JetSocketError): NextAttempt | undefined {
    return this.#reconnection?.next(failure, 0);
  }

  /** The attempt that a failure leads to. */
  attempt({ attempt }: NextAttempt, cause: JetSocketError): Attempt {
    this.#lastFailure = cause;
    return { reason: this.#downSinceMs === undefined ? "connect" : "reconnect", attempt, cause };
  }
}
