/** The bucket against its own arithmetic. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.js";

test("a burst at once, then at the rate", () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
  for (let n = 0; n < 3; n++) {
    expect(bucket.waitMs(1, 0)).toBe(0);
    bucket.take(1, 0);
  }
  expect([bucket.waitMs(1, 0), bucket.waitMs(1, 40), bucket.waitMs(1, 100), bucket.isFull(299), bucket.isFull(300), bucket.isFull(9_000)]).toEqual([100, 60, 0, false, true, true]);
});

test("what costs more than the bucket holds waits for a full one, and is paid off afterwards", () => {
  const bucket = new TokenBucket({ perSecond: 100 }, 0);
  expect(bucket.waitMs(250, 0)).toBe(0);
  bucket.take(250, 0);
  expect([bucket.waitMs(1, 0), bucket.waitMs(1, 1510)]).toEqual([1510, 0]);
});

test("never more than burst + rate × time passes, whatever the arrivals (for costs up to the burst)", () => {
  fc.assert(fc.property(fc.array(fc.record({ cost: fc.integer({ min: 1, max: 5 }), afterMs: fc.integer({ min: 0, max: 400 }) }), { maxLength: 60 }), (arrivals) => {
    const bucket = new TokenBucket({ perSecond: 20, burst: 5 }, 0);
    let [nowMs, passed] = [0, 0];
    for (const { cost, afterMs } of arrivals) {
      nowMs += afterMs;
      if (bucket.waitMs(cost, nowMs) > 0) continue;
      bucket.take(cost, nowMs);
      passed += cost;
      expect(passed).toBeLessThanOrEqual(5 + 0.02 * nowMs + 1e-6);
    }
  }), { numRuns: 100 });
});
