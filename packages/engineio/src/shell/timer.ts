/**
 * One call in a while.
 *
 * Room: engineio shell.
 */
import type { Clock } from "@x/errors/clock";

/** Calls back once, `delayMs` from now. @returns what prevents it; idempotent. */
export function after(clock: Clock, delayMs: number, callback: () => void): () => void {
  const timer = clock.setTimer(callback, delayMs);
  return () => clock.clearTimer(timer);
}
