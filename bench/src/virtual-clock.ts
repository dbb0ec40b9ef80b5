/** Time that passes only as far as something is due. Fits the `Clock` port of `@x/errors/clock`. */
/** Turns of the microtask queue that a callback's consequences may take; one of the event loop would take a hundred times as long. */
const TURNS = 64;

interface VirtualTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export class VirtualClock {
  #nowMs = 0;
  /** By time, the latest first. */
  readonly #timers: VirtualTimer[] = [];
  readonly #cleared = new WeakSet<object>();

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): object {
    const timer: VirtualTimer = { dueMs: this.#nowMs + Math.max(0, delayMs), callback };
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.dueMs ?? 0) > timer.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }

  clearTimer(timer: object): void {
    this.#cleared.add(timer);
  }

  /** Lets time pass until `isOver`. @throws {Error} nothing is due any more before that. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await Promise.resolve(); // what follows from the last callbacks
      if (isOver()) return;
      const dueMs = this.#timers.at(-1)?.dueMs;
      if (dueMs === undefined) throw new Error("Nothing is due, and it is not over");
      this.#nowMs = Math.max(this.#nowMs, dueMs);
      while (this.#timers.at(-1)?.dueMs === dueMs) {
        const timer = this.#timers.pop();
        if (timer !== undefined && !this.#cleared.has(timer)) timer.callback();
      }
    }
  }
}
