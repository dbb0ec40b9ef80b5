/**
 * How long to wait before the next attempt to reconnect: exponential, capped, with jitter, so that the clients of a
 * server that comes back do not come back together.
 *
 * Room: socketio core.
 */
import type { Random } from "@x/errors/clock";
import { retryAfterMs } from "@x/errors/retry";

export interface BackoffPolicy {
  /** Upper end of the first wait. Milliseconds; default 1000. */
  readonly reconnectionDelay: number;
  /** Cap of the upper end, which doubles with each attempt. Milliseconds; default 5000. */
  readonly reconnectionDelayMax: number;
  /** Share of a wait that is random, 0 to 1; default 1 ("full jitter": anything between 0 and the upper end). */
  readonly randomizationFactor: number;
}

/** @param failures attempts that failed since the last stable connection. @returns milliseconds. */
export function backoffMs(policy: BackoffPolicy, failures: number, random: Random): number {
  const ceiling = Math.min(policy.reconnectionDelayMax, policy.reconnectionDelay * 2 ** failures);
  return Math.round(ceiling * (1 - policy.randomizationFactor * random()));
}

/** @returns {@link backoffMs}, or the longer wait that the peer asks for in `error`, up to `maxRetryAfterMs`. */
export function retryInMs(policy: BackoffPolicy & { readonly maxRetryAfterMs: number }, error: Error, failures: number, random: Random): number {
  return Math.max(Math.min(retryAfterMs(error) ?? 0, policy.maxRetryAfterMs), backoffMs(policy, failures, random));
}
