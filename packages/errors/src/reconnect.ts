/**
 * When to connect again after a connection was not made, or was lost: one rule for every layer that reconnects.
 *
 * Room: errors. Pure but for the random source that comes in. Times are milliseconds.
 */
import { backoff, type BackoffPolicy } from "./backoff.js";
import { callSafely, type OnError, reportHandlerError } from "./handlers.js";
import { DEFAULT_MAX_RETRY_AFTER_MS, retryAfterMs } from "./retry-after.js";
import { isRetryable } from "./retryable.js";

/** When to connect again. Waits grow exponentially, with full jitter; `attempts` counts from the last stable connection, that one included. */
export interface ReconnectPolicy extends BackoffPolicy {
  /** A connection that lasted this long makes the next failure the first again. Default 60 000 ms. */
  readonly resetAfterMs?: number | undefined;
  /**
   * Whether to go on after this. Default: after network failures, HTTP 5xx, 408 and 429, and the close codes 1001, 1006 and 1011–1014;
   * never after 401, 403, 404, 410, nor after an end on purpose or a fault that would come again. One that throws says no, and is reported.
   */
  readonly retryIf?: ((failure: Error) => boolean) | undefined;
  /** A server's `Retry-After` up to this is waited for; beyond it there is no further attempt. Default 120 000 ms. */
  readonly maxRetryAfterMs?: number | undefined;
}

/** The attempt that follows a failure. */
export interface NextAttempt {
  /** 2 after the first failure, and after the loss of a stable connection; one more for each failure from then on. */
  readonly attempt: number;
  /** How long to wait before it, in milliseconds. */
  readonly delayMs: number;
}

export interface Reconnection {
  /**
   * @param lastedMs from the beginning of the failed attempt to the end of what it led to.
   * @returns the next attempt, `undefined` when there shall be none.
   */
  next(failure: Error, lastedMs: number): NextAttempt | undefined;
}

export const DEFAULT_RESET_AFTER_MS = 60_000;

/**
 * @param onError is told what `retryIf` throws.
 * @throws {TransportError} `errors/invalid-option`.
 */
export function reconnection(policy: ReconnectPolicy = {}, onError: OnError = reportHandlerError): Reconnection {
  const { retryIf = isRetryable, maxRetryAfterMs = DEFAULT_MAX_RETRY_AFTER_MS, resetAfterMs = DEFAULT_RESET_AFTER_MS } = policy;
  const delays = backoff(policy);
  return {
    next(failure, lastedMs) {
      if (lastedMs >= resetAfterMs) delays.reset();
      const askedMs = retryAfterMs(failure) ?? 0;
      const mayRetry = callSafely(retryIf, [failure], (error) => onError(error, { event: "retryIf" }));
      if (!mayRetry || askedMs > maxRetryAfterMs) return undefined;
      const delayMs = delays.next();
      return delayMs === undefined ? undefined : { attempt: delays.failures + 1, delayMs: Math.max(delayMs, askedMs) };
    },
  };
}
