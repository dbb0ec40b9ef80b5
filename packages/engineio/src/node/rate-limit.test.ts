import { expect, test } from "vitest";
import { RateLimit } from "./rate-limit.js";

test("RateLimit gives a burst, then the rate, to each address by itself", () => {
  const limit = new RateLimit({ perSecond: 2, burst: 3 });
  expect([0, 0, 0, 0].map((nowMs) => limit.take("a", nowMs))).toEqual([0, 0, 0, 500]);
  expect(limit.take("b", 0)).toBe(0);
  expect(limit.take("a", 499)).toBeCloseTo(1);
  expect(limit.take("a", 500)).toBe(0);
  expect(limit.take("a", 500)).toBe(500);
  expect([10_000, 10_000, 10_000, 10_000].map((nowMs) => limit.take("a", nowMs))).toEqual([0, 0, 0, 500]);
});

test("a rate below one in a second", () => {
  const limit = new RateLimit({ perSecond: 0.1, burst: 1 });
  expect([limit.take("a", 0), limit.take("a", 0), limit.take("a", 10_000)]).toEqual([0, 10_000, 0]);
});

test("it forgets addresses that are quiet, and holds no more than its maximum of busy ones", () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, 10);
  for (let i = 0; i < 100; i++) limit.take(`address ${i}`, 0);
  expect(limit.size).toBe(10);
  expect(limit.take("address 99", 0)).toBe(1000);
  for (let i = 0; i < 10; i++) limit.take("one", 5000 + i);
  expect(limit.size).toBe(1);
});
