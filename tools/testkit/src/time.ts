/** Time and randomness that tests move by hand. Fits the `Clock` and `Random` ports of `@x/errors/clock`. */

interface FakeTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export class FakeClock {
  nowMs: number;
  readonly #timers = new Set<object>();
  readonly #due: FakeTimer[] = [];
  #order = 0;

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): object {
    const timer: FakeTimer = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    this.#due.push(timer);
    this.#due.sort((one, other) => one.dueMs - other.dueMs || one.order - other.order);
    return timer;
  }

  clearTimer(timer: object): void {
    this.#timers.delete(timer);
  }

  /** Timers that are still to fire. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer fires; `Infinity` without one. */
  get nextMs(): number {
    return this.#peek()?.dueMs ?? Infinity;
  }

  /** Moves time on, running what is due, in its order, at its own time; also what such callbacks set. */
  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let timer = this.#peek(); timer !== undefined && timer.dueMs <= endMs; timer = this.#peek()) {
      this.#due.shift();
      this.#timers.delete(timer);
      this.nowMs = Math.max(this.nowMs, timer.dueMs);
      timer.callback();
    }
    this.nowMs = endMs;
  }

  #peek(): FakeTimer | undefined {
    while (this.#due[0] !== undefined && !this.#timers.has(this.#due[0])) this.#due.shift();
    return this.#due[0];
  }
}

/** @returns a generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lets `turns` rounds of the event loop pass, with all their microtasks, and no time. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
