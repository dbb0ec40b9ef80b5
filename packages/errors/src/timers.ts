/**
 * A timer for each deadline: for the few of a page, which need not carry what `Sweep` does for thousands.
 *
 * Room: errors.
 */
import { reportHandlerError } from "./handlers.js";
import type { Swept } from "./sweep.js";
import type { Clock, Timer } from "./system-clock.js";

/** A timer under way; `Infinity` and no timer where nothing is due. */
interface Alarm {
  readonly atMs: number;
  readonly timer: Timer | undefined;
}

/** One that fails, and does not move, is not ticked in a loop. */
const AFTER_FAILURE_MS = 50;

const silent: Alarm = { atMs: Infinity, timer: undefined };

/** `Sweep` in all but the sharing: ticks come at their time, and what a tick throws is reported. */
export class Timers {
  readonly #clock: Clock;
  readonly #alarms = new Map<Swept, Alarm>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Swept): void {
    if (!this.#alarms.has(entry)) this.#alarms.set(entry, silent);
    this.touch(entry);
  }

  /** Idempotent; from now on `entry` is not ticked. */
  delete(entry: Swept): void {
    this.#silence(entry);
    this.#alarms.delete(entry);
  }

  /** To be called when the deadline of `entry` may have moved earlier; a later one is noticed without. */
  touch(entry: Swept): void {
    this.#arm(entry, entry.deadlineMs);
  }

  #arm(entry: Swept, atMs: number): void {
    const alarm = this.#alarms.get(entry);
    if (alarm === undefined || alarm.atMs <= atMs) return;
    this.#silence(entry);
    this.#alarms.set(entry, { atMs, timer: this.#clock.setTimer(() => this.#wake(entry), Math.max(0, atMs - this.#clock.now())) });
  }

  #silence(entry: Swept): void {
    const timer = this.#alarms.get(entry)?.timer;
    if (timer !== undefined) this.#clock.clearTimer(timer);
  }

  #wake(entry: Swept): void {
    const nowMs = this.#clock.now();
    this.#alarms.set(entry, silent);
    try {
      if (entry.deadlineMs <= nowMs) entry.tick(nowMs);
      this.touch(entry);
    } catch (error) {
      reportHandlerError(error, { event: "tick" });
      this.#arm(entry, Math.max(entry.deadlineMs, nowMs + AFTER_FAILURE_MS));
    }
  }
}
