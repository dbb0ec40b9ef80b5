import fc from "fast-check";
import { expect, test } from "vitest";
import { SlidingWindow } from "./window.js";

test("SlidingWindow holds the last bytes of everything that went before, whatever its pieces", () => {
  fc.assert(fc.property(fc.integer({ min: 8, max: 11 }), fc.array(fc.nat({ max: 3_000 }), { maxLength: 20 }), (windowBits, lengths) => {
    const window = new SlidingWindow(windowBits);
    let all: number[] = [];
    let next = 0;
    for (const length of lengths) {
      const message = Uint8Array.from({ length }, () => next++ % 251);
      window.slide(message);
      all = [...all, ...message].slice(-(2 ** windowBits));
      expect([...window.bytes]).toEqual(all);
      expect(window.bytes.buffer.byteLength).toBeLessThanOrEqual(2 * 2 ** windowBits);
    }
  }), { numRuns: 300 });
});
