import fc from "fast-check";
import { expect, test } from "vitest";
import { WaitHistogram } from "./wait-histogram.js";

test("says nothing of nothing", () => {
  expect(new WaitHistogram().stats()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test("who gets a resource at once waits for 0 ms", () => {
  const waits = new WaitHistogram();
  for (let n = 0; n < 99; n++) waits.recordNone();
  waits.record(500);
  expect(waits.stats()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 500 });
  waits.record(400);
  expect(waits.stats()).toEqual({ p50Ms: 0, p99Ms: 416, maxMs: 500 });
  const idle = new WaitHistogram();
  idle.record(0);
  expect(idle.stats()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test("percentiles are exact to 1/16, or 1/8 ms", () => {
  fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { minLength: 1, maxLength: 300 }), (values) => {
    const waits = new WaitHistogram();
    for (const value of values) waits.record(value);
    const sorted = [...values].sort((one, other) => one - other);
    for (const [part, found] of [[0.5, waits.stats().p50Ms], [0.99, waits.stats().p99Ms]] as const) {
      const exact = sorted[Math.ceil(part * sorted.length) - 1]!;
      expect(found).toBeGreaterThanOrEqual(Math.min(exact, sorted.at(-1)!));
      expect(found).toBeLessThanOrEqual(exact * (1 + 1 / 16) + 1 / 4);
    }
    expect(waits.stats().maxMs).toBe(sorted.at(-1));
  }), { numRuns: 200 });
});

test("what was long ago weighs little, and the longest times have a counter, too", () => {
  const waits = new WaitHistogram();
  for (let n = 0; n < 70_000; n++) waits.record(1_000);
  for (let n = 0; n < 140_000; n++) waits.record(1);
  expect(waits.stats().p99Ms).toBeGreaterThan(1); // halved, not forgotten
  for (let n = 0; n < 20; n++) waits.record(1);
  expect(waits.stats().p50Ms).toBeLessThan(1.3);
  for (let n = 0; n < 10_000_000; n++) waits.recordNone();
  for (let n = 0; n < 2_000; n++) waits.record(7);
  expect(waits.stats().p99Ms).toBeCloseTo(7, 0); // they were counted for at most 65,536
  waits.record(Infinity);
  expect(waits.stats().maxMs).toBe(Infinity);
});
