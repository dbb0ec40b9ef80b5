/**
 * One call in a while, on the deadlines of a platform.
 *
 * Room: engineio shell.
 */
import type { ClientPlatform } from "./ports.js";

/** Calls back once, `delayMs` from now. @returns what prevents it; idempotent. */
export function after({ clock, deadlines }: Pick<ClientPlatform, "clock" | "deadlines">, delayMs: number, callback: () => void): () => void {
  const stop = (): void => deadlines.delete(entry);
  const entry = {
    deadlineMs: clock.now() + delayMs,
    tick: (): void => {
      stop();
      callback();
    },
  };
  deadlines.add(entry);
  return stop;
}
