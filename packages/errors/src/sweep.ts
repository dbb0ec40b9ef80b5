/**
 * One timer for many deadlines, so that ten thousand idle connections cost one timer.
 *
 * Room: errors.
 */
import { reportHandlerError } from "./handlers.js";
import { Registry } from "./registry.js";
import type { Clock, Timer } from "./system-clock.js";

/** Something with a deadline. */
export interface Swept {
  /** On the sweep's clock; `Infinity` when nothing is due. Read again after each tick. */
  readonly deadlineMs: number;
  /** Called once the deadline has come, late by the time between two wake-ups at most; moves the deadline or is deleted. */
  tick(nowMs: number): void;
}

export interface SweepOptions {
  /** Shortest time between two wake-ups with up to 10,000 entries; each thousand more adds 5 ms. Default {@link DEFAULT_GRANULARITY_MS}. */
  readonly granularityMs?: number;
  /** What a throwing `tick` threw; the sweep goes on. Default: {@link reportHandlerError}. */
  readonly onError?: (error: unknown) => void;
}

export const DEFAULT_GRANULARITY_MS = 50;
/** From so many entries on… */
const CROWD = 10_000;
/** …each adds so much rest after a wake-up, which looks at all: that takes about 0.1 µs, so a crowd never takes more than a few percent of a core. */
const REST_PER_ENTRY_MS = 0.005;

export class Sweep {
  readonly #clock: Clock;
  readonly #granularityMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #entries = new Registry<Swept, true>();
  #timer: Timer | undefined;
  #wakeMs = Infinity;
  #restUntilMs = -Infinity;

  constructor(clock: Clock, options: SweepOptions = {}) {
    this.#clock = clock;
    this.#granularityMs = options.granularityMs ?? DEFAULT_GRANULARITY_MS;
    this.#onError = options.onError ?? ((error) => reportHandlerError(error, { event: "tick" }));
  }

  /** Entries under watch. */
  get size(): number {
    return this.#entries.size;
  }

  add(entry: Swept): void {
    this.#entries.set(entry, true);
    this.touch(entry);
  }

  /** Idempotent; from now on `entry` is not ticked. Without entries the timer goes, unless it keeps nobody waiting: connections that come one by one set it once. */
  delete(entry: Swept): void {
    if (this.#entries.delete(entry) && this.#entries.size === 0 && this.#clock.isBackground !== true) this.#disarm();
  }

  /** To be called when the deadline of `entry` may have moved earlier; a later one is noticed without. */
  touch(entry: Swept): void {
    if (entry.deadlineMs < this.#wakeMs && this.#entries.has(entry)) this.#arm(entry.deadlineMs);
  }

  #arm(deadlineMs: number): void {
    const wakeMs = Math.max(deadlineMs, this.#restUntilMs);
    if (wakeMs >= this.#wakeMs) return;
    this.#disarm();
    if (wakeMs === Infinity) return;
    this.#wakeMs = wakeMs;
    this.#timer = this.#clock.setTimer(() => this.#wake(), Math.max(0, wakeMs - this.#clock.now()));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#wakeMs = Infinity;
  }

  #wake(): void {
    const nowMs = this.#clock.now();
    this.#timer = undefined;
    this.#restUntilMs = nowMs + this.#granularityMs + Math.max(0, this.#entries.size - CROWD) * REST_PER_ENTRY_MS;
    this.#wakeMs = -Infinity; // touch() during the ticks is answered below, once
    let earliestMs = Infinity;
    this.#entries.forEach((_isMember, entry) => {
      let { deadlineMs } = entry;
      if (deadlineMs <= nowMs) {
        this.#tick(entry, nowMs);
        if (!this.#entries.has(entry)) return;
        ({ deadlineMs } = entry);
      }
      if (deadlineMs < earliestMs) earliestMs = deadlineMs;
    });
    this.#wakeMs = Infinity;
    this.#arm(earliestMs);
  }

  #tick(entry: Swept, nowMs: number): void {
    try {
      entry.tick(nowMs);
    } catch (error) {
      this.#onError(error);
    }
  }
}
