/**
 * Which failures are worth another attempt.
 *
 * Room: errors.
 */
import { mayRetryAfter } from "./never-retry.js";
import { isTransportError } from "./transport-error.js";

/** @returns whether the error says that the same call has a chance later, and neither its HTTP status nor its close code is final. */
export function isRetryable(error: unknown): boolean {
  return isTransportError(error) && error.retryable && mayRetryAfter(error);
}
