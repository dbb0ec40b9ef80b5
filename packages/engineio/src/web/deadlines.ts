/**
 * A timer for each session of a page.
 *
 * Room: engineio web.
 */
import type { Swept } from "@x/errors/clock";
import type { Deadlines } from "../shell/ports.js";

/** Longest delay that timers take; a later deadline is looked at again then. */
const MAX_DELAY_MS = 2_147_483_647;

const timers = new Map<Swept, ReturnType<typeof setTimeout> | undefined>();

export const deadlines: Deadlines = {
  add(entry) {
    timers.set(entry, undefined);
    arm(entry);
  },
  delete(entry) {
    clearTimeout(timers.get(entry));
    timers.delete(entry);
  },
  touch: arm,
};

function arm(entry: Swept): void {
  if (!timers.has(entry)) return;
  clearTimeout(timers.get(entry));
  const delayMs = entry.deadlineMs - performance.now();
  timers.set(entry, delayMs === Infinity ? undefined : setTimeout(due, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS), entry));
}

function due(entry: Swept): void {
  if (performance.now() >= entry.deadlineMs) entry.tick(performance.now());
  arm(entry);
}
