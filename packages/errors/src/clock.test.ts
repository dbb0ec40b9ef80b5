import { FakeClock } from "@x/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backgroundClock, DEFAULT_GRANULARITY_MS, MAX_DELAY_MS, Sweep, systemClock, SystemClock, systemRandom, type Clock, type Swept } from "./clock.js";

class Entry implements Swept {
  readonly tickedMs: number[] = [];
  deadlineMs: number;
  readonly #onTick: (entry: Entry) => void;

  constructor(deadlineMs: number, onTick: (entry: Entry) => void = (entry) => { entry.deadlineMs = Infinity; }) {
    this.deadlineMs = deadlineMs;
    this.#onTick = onTick;
  }

  tick(nowMs: number): void {
    this.tickedMs.push(nowMs);
    this.#onTick(this);
  }
}

/** A fake clock that counts how often it wakes somebody up. */
class CountingClock extends FakeClock {
  readonly wokenMs: number[] = [];
  mostPending = 0;

  override setTimer(callback: () => void, delayMs: number): object {
    const timer = super.setTimer(() => {
      this.wokenMs.push(this.nowMs);
      callback();
    }, delayMs);
    this.mostPending = Math.max(this.mostPending, this.pending);
    return timer;
  }
}

function sweep(...entries: readonly Entry[]) {
  const clock = new CountingClock();
  const onError = vi.fn();
  const swept = new Sweep(clock, { onError });
  for (const entry of entries) swept.add(entry);
  return { clock, swept, onError };
}

describe("Sweep", () => {
  test("has no timer where nothing has a deadline", () => {
    const { clock, swept } = sweep(new Entry(Infinity), new Entry(Infinity));
    expect([clock.pending, swept.size]).toEqual([0, 2]);
  });

  test.each([[false, 0], [true, 1]])("without an entry the timer goes, unless the clock is a background one (%s), and then serves whoever comes next", (isBackground, pending) => {
    const clock = Object.assign(new CountingClock(), { isBackground });
    const swept = new Sweep(clock);
    const [first, second] = [new Entry(1000), new Entry(1200)];
    swept.add(first);
    swept.delete(first);
    expect(clock.pending).toBe(pending);
    swept.add(second);
    expect(clock.pending).toBe(1);
    clock.advance(2000);
    expect([first.tickedMs, second.tickedMs, clock.pending]).toEqual([[], [1200], 0]);
  });

  test("ticks at the deadline, not before, once", () => {
    const entry = new Entry(1000);
    const { clock } = sweep(entry);
    clock.advance(999);
    expect(entry.tickedMs).toEqual([]);
    clock.advance(1);
    expect(entry.tickedMs).toEqual([1000]);
    clock.advance(10_000);
    expect([entry.tickedMs, clock.pending]).toEqual([[1000], 0]);
  });

  test("ticks at once, but never from within add(), what is already due", () => {
    const entry = new Entry(-5);
    const { clock } = sweep(entry);
    expect(entry.tickedMs).toEqual([]);
    clock.advance(0);
    expect(entry.tickedMs).toEqual([0]);
  });

  test("has one timer for ten thousand entries, and wakes once for all that are due together", () => {
    const entries = Array.from({ length: 10_000 }, () => new Entry(500));
    const { clock } = sweep(...entries);
    expect(clock.pending).toBe(1);
    clock.advance(500);
    expect([clock.wokenMs, entries.every((entry) => entry.tickedMs.length === 1)]).toEqual([[500], true]);
  });

  test(`wakes no more often than every ${DEFAULT_GRANULARITY_MS} ms`, () => {
    const entries = Array.from({ length: 100 }, (_, index) => new Entry(100 + index));
    const { clock } = sweep(...entries);
    clock.advance(1000);
    expect(clock.wokenMs).toEqual([100, 150, 200]);
    expect(entries.map((entry) => entry.tickedMs[0]! - (100 + entries.indexOf(entry))).every((lateMs) => lateMs >= 0 && lateMs <= DEFAULT_GRANULARITY_MS)).toBe(true);
  });

  test("a deadline that moved later is noticed by itself, one that moved earlier by touch()", () => {
    const entry = new Entry(1000);
    const { clock, swept } = sweep(entry);
    entry.deadlineMs = 2000;
    clock.advance(1500);
    expect(entry.tickedMs).toEqual([]);
    entry.deadlineMs = 1600;
    swept.touch(entry);
    clock.advance(100);
    expect(entry.tickedMs).toEqual([1600]);
  });

  test("an entry may tick on and on", () => {
    const entry = new Entry(100, (self) => { self.deadlineMs += 100; });
    const { clock } = sweep(entry);
    clock.advance(1000);
    expect(entry.tickedMs).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  test("a tick may add, touch and delete", () => {
    const added = new Entry(0);
    const deleted = new Entry(10);
    const first = new Entry(10, (self) => {
      self.deadlineMs = 20;
      swept.add(added);
      swept.delete(deleted);
      swept.touch(self);
    });
    const { clock, swept } = sweep(first, deleted);
    clock.advance(10);
    expect([first.tickedMs, deleted.tickedMs, added.tickedMs]).toEqual([[10], [], [10]]);
    swept.delete(first);
    swept.delete(added);
    swept.delete(added);
    expect([clock.pending, swept.size]).toEqual([0, 0]);
  });

  test("an entry that fails does not keep the others from ticking; one that does not move is ticked again, but not in a loop", () => {
    const failing = new Entry(10, () => { throw new Error("tick"); });
    const other = new Entry(10);
    const { clock, onError } = sweep(failing, other);
    clock.advance(10);
    expect([failing.tickedMs, other.tickedMs]).toEqual([[10], [10]]);
    expect(onError).toHaveBeenCalledOnce();
    clock.advance(100);
    expect(failing.tickedMs).toEqual([10, 60, 110]);
  });

  test("touch() of what is not there does nothing", () => {
    const { clock, swept } = sweep();
    swept.touch(new Entry(5));
    expect(clock.pending).toBe(0);
  });

  test.each([[10_000, 50], [10_200, 51], [20_000, 100]])("%i entries are looked at again %i ms later at the earliest: a crowd costs no more of a core than a few", (size, restMs) => {
    const woken: number[] = [];
    const restless = new Entry(10, (self) => {
      woken.push(clock.nowMs);
      self.deadlineMs = clock.nowMs + 1;
    });
    const { clock, swept } = sweep(restless);
    for (let i = 1; i < size; i++) swept.add(new Entry(Infinity, () => undefined));
    clock.advance(10 + 2 * restMs);
    expect(woken).toEqual([10, 10 + restMs, 10 + 2 * restMs]);
  });

  test("whatever moves: every deadline is met, never early, late by the granularity at most, with one timer", () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 120 }), entry: fc.nat(4), inMs: fc.integer({ min: -20, max: 300 }), gone: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const dueMs = [Infinity, Infinity, Infinity, Infinity, Infinity];
      const entries = dueMs.map((_, index) => new Entry(Infinity, (self) => {
        expect(clock.nowMs).toBeGreaterThanOrEqual(dueMs[index]!);
        expect(clock.nowMs - dueMs[index]!).toBeLessThanOrEqual(DEFAULT_GRANULARITY_MS);
        dueMs[index] = self.deadlineMs = Infinity;
      }));
      const { clock, swept } = sweep(...entries);
      for (const { waitMs, entry, inMs, gone } of steps) {
        clock.advance(waitMs);
        const one = entries[entry]!;
        one.deadlineMs = clock.nowMs + inMs;
        dueMs[entry] = Math.max(clock.nowMs, one.deadlineMs);
        if (gone) swept.delete(one);
        else swept.add(one);
        if (gone) dueMs[entry] = Infinity;
        if (gone) one.deadlineMs = Infinity;
      }
      clock.advance(1000);
      expect(dueMs).toEqual([Infinity, Infinity, Infinity, Infinity, Infinity]);
      expect([clock.pending, clock.mostPending <= 1]).toEqual([0, true]);
      clock.wokenMs.slice(1).forEach((atMs, index) => expect(atMs - clock.wokenMs[index]!).toBeGreaterThanOrEqual(DEFAULT_GRANULARITY_MS));
    }));
  });
});

describe("SystemClock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each<[string, Clock]>([["systemClock", systemClock], ["backgroundClock", backgroundClock]])("%s goes on, fires once, and not when cleared", (_, clock) => {
    const startMs = clock.now();
    const [fired, cleared] = [vi.fn(), vi.fn()];
    clock.setTimer(fired, 100);
    const timer = clock.setTimer(cleared, 100);
    clock.clearTimer(timer);
    clock.clearTimer(timer);
    vi.advanceTimersByTime(99);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect([fired.mock.calls.length, cleared.mock.calls.length]).toEqual([1, 0]);
    expect(clock.now() - startMs).toBeCloseTo(1099, 0);
  });

  test.each([[Infinity, MAX_DELAY_MS], [MAX_DELAY_MS + 1, MAX_DELAY_MS], [MAX_DELAY_MS, MAX_DELAY_MS], [-1, 0]])("a delay of %d ms is kept to %d, where platforms would fire at once", (delayMs, keptMs) => {
    const spy = vi.spyOn(globalThis, "setTimeout");
    systemClock.clearTimer(systemClock.setTimer(() => {}, delayMs));
    expect(spy).toHaveBeenCalledWith(expect.any(Function), keptMs);
    spy.mockRestore();
  });
});

test.each([[false, 0], [true, 1]])("unref: %s lets go of the process %i times per timer", (unref, times) => {
  const handle = setTimeout(() => {}, 0);
  clearTimeout(handle);
  const spy = vi.spyOn(Object.getPrototypeOf(handle) as { unref(): void }, "unref");
  const clock = new SystemClock({ unref });
  clock.clearTimer(clock.setTimer(() => {}, 60_000));
  expect(spy).toHaveBeenCalledTimes(times);
  spy.mockRestore();
});

test("systemRandom() is in [0, 1)", () => {
  for (let draw = 0; draw < 100; draw++) expect(Math.floor(systemRandom())).toBe(0);
});
