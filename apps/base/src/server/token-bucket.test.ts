import { expect, test } from "vitest";
import { KeyedBuckets, TokenBucket } from "./token-bucket.js";

test("TokenBucket: the burst is given at once, one more is not, and time brings tokens back", () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(500);
  expect(bucket.take(499)).toBe(1);
  expect(bucket.take(500)).toBe(0);
  expect(bucket.take(500)).toBe(500);
});

test("TokenBucket: never holds more than its burst, and a clock that steps back takes nothing", () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 1_000_000);
  expect(bucket.isFull(2_000_000)).toBe(true);
  expect(bucket.take(2_000_000)).toBe(0);
  expect(bucket.take(1_000_000)).toBe(1000);
});

test("KeyedBuckets: keys do not share, and at most maxKeys are remembered", () => {
  let nowMs = 0;
  const buckets = new KeyedBuckets({ burst: 1, perSecond: 1 }, () => nowMs, 2);
  expect(buckets.take("a")).toBe(0);
  expect(buckets.take("b")).toBe(0);
  expect(buckets.take("a")).toBeGreaterThan(0);
  expect(buckets.take("c")).toBe(0); // b was unused for longest
  expect(buckets.size).toBe(2);
  expect(buckets.take("a")).toBeGreaterThan(0);
  nowMs = 10_000; // all are full again: forgotten first
  expect(buckets.take("d")).toBe(0);
  expect(buckets.size).toBe(1);
});
