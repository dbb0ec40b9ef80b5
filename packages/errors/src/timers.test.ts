import { FakeClock } from "@x/testkit";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Swept } from "./clock.js";
import { setErrorReporter } from "./handlers.js";
import { Timers } from "./timers.js";

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

function timers(...entries: readonly Entry[]) {
  const clock = new FakeClock();
  const timed = new Timers(clock);
  for (const entry of entries) timed.add(entry);
  return { clock, timed };
}

test("ticks at the deadline, not before, once; what has none costs no timer; what is due is not ticked from within add()", () => {
  const [entry, idle, late] = [new Entry(1000), new Entry(Infinity), new Entry(-5)];
  const { clock } = timers(entry, idle, late);
  expect([clock.pending, late.tickedMs]).toEqual([2, []]);
  clock.advance(999);
  expect([entry.tickedMs, late.tickedMs]).toEqual([[], [0]]);
  clock.advance(1);
  clock.advance(10_000);
  expect([entry.tickedMs, idle.tickedMs, clock.pending]).toEqual([[1000], [], 0]);
});

test("a deadline that moved later is noticed by itself, one that moved earlier by touch() or add()", () => {
  const entry = new Entry(1000);
  const { clock, timed } = timers(entry);
  entry.deadlineMs = 2000;
  clock.advance(1500);
  expect(entry.tickedMs).toEqual([]);
  entry.deadlineMs = 1600;
  timed.touch(entry);
  timed.add(entry);
  expect(clock.pending).toBe(1);
  clock.advance(100);
  expect(entry.tickedMs).toEqual([1600]);
  timed.touch(new Entry(5));
  expect(clock.pending).toBe(0);
});

test("a tick may move, add and delete; nothing is left behind", () => {
  const added = new Entry(0);
  const first = new Entry(10, (self) => {
    self.deadlineMs += 10;
    timed.add(added);
    if (self.tickedMs.length === 2) timed.delete(self);
  });
  const { clock, timed } = timers(first);
  clock.advance(100);
  expect([first.tickedMs, added.tickedMs, clock.pending]).toEqual([[10, 20], [10], 0]);
  timed.delete(first);
});

test("what a tick throws is reported; one that does not move is ticked again, but not in a loop", () => {
  const report = vi.fn();
  const before = setErrorReporter(report);
  onTestFinished(() => void setErrorReporter(before));
  const failing = new Entry(10, () => { throw new Error("tick"); });
  const { clock } = timers(failing);
  clock.advance(110);
  expect(failing.tickedMs).toEqual([10, 60, 110]);
  expect(report).toHaveBeenCalledTimes(3);
});

test("whatever moves: every deadline is met to the millisecond", () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 120 }), entry: fc.nat(4), inMs: fc.integer({ min: -20, max: 300 }), gone: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const dueMs = Array.from({ length: 5 }, () => Infinity);
    const entries = dueMs.map((_, index) => new Entry(Infinity, (self) => {
      expect(clock.nowMs).toBe(dueMs[index]);
      dueMs[index] = self.deadlineMs = Infinity;
    }));
    const { clock, timed } = timers(...entries);
    for (const { waitMs, entry: index, inMs, gone } of steps) {
      clock.advance(waitMs);
      const entry = entries[index]!;
      entry.deadlineMs = gone ? Infinity : clock.nowMs + inMs;
      dueMs[index] = Math.max(clock.nowMs, entry.deadlineMs);
      if (gone) timed.delete(entry);
      else timed.add(entry);
    }
    clock.advance(1000);
    expect([dueMs, clock.pending]).toEqual([Array.from({ length: 5 }, () => Infinity), 0]);
  }));
});
