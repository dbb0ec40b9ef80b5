/**
 * Trying again: how long to wait, how often, and after which failures.
 *
 * Room: errors. Waits grow exponentially up to a cap, with full jitter, so that clients that failed together do not return together.
 */
import { backoff, type BackoffPolicy } from "./backoff.js";
import { DEFAULT_MAX_RETRY_AFTER_MS, retryAfterMs } from "./retry-after.js";
import { isRetryable } from "./retryable.js";
import { systemClock, type Clock } from "./system-clock.js";
import { TransportError } from "./transport-error.js";

export { backoff, DEFAULT_BACKOFF } from "./backoff.js";
export type { Backoff, BackoffPolicy } from "./backoff.js";
export { mayRetryAfter } from "./never-retry.js";
export { DEFAULT_RESET_AFTER_MS, reconnection } from "./reconnect.js";
export type { NextAttempt, Reconnection, ReconnectPolicy } from "./reconnect.js";
export { DEFAULT_MAX_RETRY_AFTER_MS, retryAfterMs } from "./retry-after.js";
export { isRetryable } from "./retryable.js";

/** What one call is told. */
export interface Attempt {
  /** 1 for the first. */
  readonly attempt: number;
  readonly signal: AbortSignal | undefined;
}

export interface FailedAttempt {
  readonly attempt: number;
  readonly error: unknown;
  /** How long is waited now, in milliseconds. */
  readonly delayMs: number;
}

export interface RetryPolicy extends BackoffPolicy {
  /** Whether to try again after `error`. Default {@link isRetryable}. */
  readonly retryIf?: ((error: unknown, attempt: number) => boolean) | undefined;
  /** A peer's `Retry-After` is waited for where it is at most this; where it is longer, the error is thrown. Default 120 000 ms. */
  readonly maxRetryAfterMs?: number | undefined;
  /** Ends the waiting; handed to each call, whose part it is to end itself. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each wait. */
  readonly onRetry?: ((failed: FailedAttempt) => void) | undefined;
  /** Default {@link systemClock}. */
  readonly clock?: Clock | undefined;
}

/**
 * Calls `fn` until it succeeds, at most `attempts` times.
 *
 * @returns what the successful call returned.
 * @throws what the last call threw; {@link TransportError} `errors/aborted` when the signal ends it before a call or between two, with the
 *   signal's reason as cause; `errors/invalid-option`.
 */
export async function retry<Value>(fn: (attempt: Attempt) => Promise<Value> | Value, policy: RetryPolicy = {}): Promise<Value> {
  const { retryIf = isRetryable, maxRetryAfterMs = DEFAULT_MAX_RETRY_AFTER_MS, signal, onRetry, clock = systemClock } = policy;
  const delays = backoff(policy);
  for (let attempt = 1; ; attempt++) {
    if (isAborted(signal)) throw aborted(signal, attempt, undefined);
    try {
      return await fn({ attempt, signal });
    } catch (error) {
      if (isAborted(signal) || !retryIf(error, attempt)) throw error;
      const backoffMs = delays.next();
      const askedMs = retryAfterMs(error) ?? 0;
      if (backoffMs === undefined || askedMs > maxRetryAfterMs) throw error;
      const delayMs = Math.max(backoffMs, askedMs);
      onRetry?.({ attempt, error, delayMs });
      await wait(delayMs, clock, signal, () => aborted(signal, attempt, error));
    }
  }
}

/** A call, because the compiler takes a property that was once false to stay so. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function aborted(signal: AbortSignal | undefined, attempt: number, lastError: unknown): TransportError {
  return new TransportError("Cannot try again: the signal is aborted", {
    code: "errors/aborted",
    cause: signal?.reason,
    details: { attempt, lastError },
  });
}

function wait(delayMs: number, clock: Clock, signal: AbortSignal | undefined, toError: () => TransportError): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, delayMs);
    function onAbort(): void {
      clock.clearTimer(timer);
      reject(toError());
    }
    if (isAborted(signal)) onAbort(); // by onRetry
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
}
