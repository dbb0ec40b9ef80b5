import { expect, test } from "vitest";
import { pickerOf, type PickCandidate } from "./picking.js";
import { Shelf, Slot } from "./slot.js";

function slots(...facts: readonly Partial<Slot<string>>[]): Slot<string>[] {
  return facts.map((fact) => Object.assign(new Slot(new Shelf<string>("a"), { kind: "lent", resource: "r" }), fact));
}

test("lastUsed needs no picker", () => {
  expect(pickerOf("lastUsed", Math.random)).toBeUndefined();
});

test("leastLoaded takes the fewest leases, and of those the last", () => {
  expect(pickerOf("leastLoaded", Math.random)?.(slots({ leases: 1 }, { leases: 0 }, { leases: 0 }, { leases: 2 }), 0)).toBe(2);
});

test("roundRobin takes the one whose last lease is longest ago", () => {
  expect(pickerOf("roundRobin", Math.random)?.(slots({ turn: 7 }, { turn: 3 }, { turn: 9 }), 0)).toBe(1);
});

test.each([[[0, 0], 1], [[0.9, 0], 0], [[0.5, 0.9], 1]])("powerOfTwo with the random numbers %j takes the less loaded of two different ones: %i", (numbers, index) => {
  const random = (): number => numbers.shift() ?? 0;
  expect(pickerOf("powerOfTwo", random)?.(slots({ leases: 2 }, { leases: 1 }, { leases: 3 }), 0)).toBe(index);
});

test("a function sees leases, uses and age", () => {
  let seen: readonly PickCandidate[] = [];
  const picker = pickerOf((candidates) => ((seen = candidates), 1), Math.random);
  expect(picker?.(slots({ leases: 1, uses: 5, openedMs: 40 }, {}), 100)).toBe(1);
  expect(seen).toEqual([{ leases: 1, uses: 5, ageMs: 60 }, { leases: 0, uses: 0, ageMs: 100 }]);
});
