import fc from "fast-check";
import { expect, test } from "vitest";
import { Few } from "./few.js";

test("Few answers as a Map does, whatever is set in whatever order", () => {
  const step = fc.tuple(fc.constantFrom("/", "/a", "/b", "/c"), fc.string());
  fc.assert(fc.property(fc.array(step), (steps) => {
    const few = new Few<string, string>();
    const map = new Map<string, string>();
    for (const [key, value] of steps) {
      few.set(key, value);
      map.set(key, value);
      expect([few.size, few.values()]).toEqual([map.size, [...map.values()]]);
      for (const each of ["/", "/a", "/b", "/c", ""]) expect(few.get(each)).toBe(map.get(each));
    }
  }));
});
