/**
 * A clock that a test moves by hand.
 *
 * Room: simple-ws memory. Milliseconds, starting at 0.
 */
import type { Clock, Timer } from "@x/errors/clock";

interface ManualTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<ManualTimer>();

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer: ManualTimer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    for (const own of this.#timers) if (own === timer) this.#timers.delete(own);
  }

  /** Timers that have not fired: 0 when nothing of a connection is left. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time on, firing what becomes due, in order. Await {@link MemoryPair.settle} for what the callbacks send. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let timer = this.#next(endMs); timer !== undefined; timer = this.#next(endMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.callback();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): ManualTimer | undefined {
    let next: ManualTimer | undefined;
    for (const timer of this.#timers) if (timer.dueMs <= endMs && timer.dueMs < (next?.dueMs ?? Infinity)) next = timer;
    return next;
  }
}
