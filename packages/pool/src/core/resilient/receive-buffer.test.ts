import { BufferOverflowError } from "@x/errors/pool";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OverflowPolicy } from "./options.js";
import { ReceiveBuffer } from "./receive-buffer.js";

interface Tick {
  readonly key: string;
  readonly n: number;
}

function buffer(policy: OverflowPolicy, capacity = 3, maxBytes = 1_000): ReceiveBuffer<Tick> {
  return new ReceiveBuffer({ policy, capacity, maxBytes }, ({ key }) => key);
}

function fill(one: ReceiveBuffer<Tick>, ...ns: number[]): boolean[] {
  return ns.map((n) => one.push({ key: String(n), n }, 10));
}

/** Everything that is there, errors as what they say. */
function drain(one: ReceiveBuffer<Tick>): unknown[] {
  const all: unknown[] = [];
  for (let taken = one.shift(); taken !== undefined; taken = one.shift()) all.push("message" in taken ? taken.message.n : taken.error);
  return all;
}

test("pause: full at the limit, not one before; has room again at half; loses nothing", () => {
  const one = buffer("pause", 4);
  fill(one, 1, 2, 3);
  expect([one.isFull, one.fillRatio]).toEqual([false, 0.75]);
  fill(one, 4);
  expect(one.isFull).toBe(true);
  fill(one, 5); // a transport that went on
  expect([one.size, one.dropped, one.bytes]).toEqual([5, 0, 50]);
  one.shift();
  one.shift();
  expect(one.isFull).toBe(true);
  one.shift();
  expect(one.isFull).toBe(false);
  expect(drain(one)).toEqual([4, 5]);
});

test("pause: bytes count as well", () => {
  const one = buffer("pause", 100, 20);
  fill(one, 1);
  expect(one.isFull).toBe(false);
  fill(one, 2);
  expect(one.isFull).toBe(true);
});

test("dropOldest: at the limit nothing is lost, one past it the oldest is; told once until something is taken", () => {
  const one = buffer("dropOldest");
  expect(fill(one, 1, 2, 3)).toEqual([false, false, false]);
  expect(fill(one, 4, 5)).toEqual([true, false]);
  expect(one.dropped).toBe(2);
  one.shift();
  expect(fill(one, 6, 7)).toEqual([false, true]);
  expect(drain(one)).toEqual([5, 6, 7]);
});

test("dropOldest: a message larger than all the room is lost itself", () => {
  const one = buffer("dropOldest", 3, 25);
  fill(one, 1, 2);
  expect(one.push({ key: "big", n: 9 }, 26)).toBe(true);
  expect(one.push({ key: "fits", n: 3 }, 25)).toBe(false); // the loss has been told
  expect([one.dropped, one.bytes]).toEqual([3, 25]);
  expect(drain(one)).toEqual([3]);
});

test("dropNewest: what is there stays", () => {
  const one = buffer("dropNewest");
  expect(fill(one, 1, 2, 3, 4, 5)).toEqual([false, false, false, true, false]);
  expect([drain(one), one.dropped]).toEqual([[1, 2, 3], 2]);
});

test("error: the consumer meets it where messages are missing, with their number, and goes on behind it", () => {
  const one = buffer("error");
  fill(one, 1, 2, 3, 4, 5);
  expect(one.shift()).toEqual({ message: { key: "1", n: 1 } });
  fill(one, 6); // still before the gap has been seen: lost, too
  const all = drain(one);
  expect(all.slice(0, 2)).toEqual([2, 3]);
  expect(all[2]).toBeInstanceOf(BufferOverflowError);
  expect(all[2]).toMatchObject({ capacity: 3, dropped: 3, code: "pool/buffer-overflow" });
  fill(one, 7);
  expect(drain(one)).toEqual([7]);
});

test("conflate: the newer of a key takes the older's place; other keys push out the oldest", () => {
  const one = buffer("conflate");
  for (const [key, n] of [["a", 1], ["b", 2], ["a", 3], ["c", 4], ["b", 5]] as const) expect(one.push({ key, n }, 10)).toBe(false);
  expect([one.size, one.conflated, one.dropped, one.bytes]).toEqual([3, 2, 0, 30]);
  expect(one.push({ key: "d", n: 6 }, 10)).toBe(true);
  expect(drain(one)).toEqual([5, 4, 6]);
  one.push({ key: "b", n: 7 }, 10); // taken ones are not replaced
  expect(drain(one)).toEqual([7]);
});

test("errors keep their place among messages", () => {
  const one = buffer("pause");
  fill(one, 1);
  const error = new Error("bad");
  one.pushError(error);
  fill(one, 2);
  expect(drain(one)).toEqual([1, error, 2]);
});

test("clear() leaves nothing, and counters stay", () => {
  const one = buffer("dropNewest", 1);
  fill(one, 1, 2);
  one.clear();
  expect([one.size, one.bytes, one.fillRatio, one.dropped, one.shift()]).toEqual([0, 0, 0, 1, undefined]);
});

describe.each(["pause", "dropOldest", "dropNewest", "error", "conflate"] as const)("%s against a model", (policy) => {
  test("never over its limits, in order, and every message is taken, there, lost or replaced", () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e"), bytes: fc.integer({ min: 0, max: 12 }) }), fc.constant("take" as const)), { maxLength: 60 }), (steps) => {
      const one = new ReceiveBuffer<Tick>({ policy, capacity: 3, maxBytes: 30 }, ({ key }) => key);
      let [pushed, taken, n] = [0, 0, 0];
      const out: Tick[] = [];
      for (const step of steps) {
        if (step === "take") {
          const next = one.shift();
          if (next !== undefined && "message" in next) {
            taken++;
            out.push(next.message);
          }
        } else {
          pushed++;
          one.push({ key: step.key, n: n++ }, step.bytes);
        }
        if (policy !== "pause") expect(one.size <= 4 && one.bytes <= 30).toBe(true); // three, and a gap
      }
      for (let next = one.shift(); next !== undefined; next = one.shift()) {
        if ("message" in next) {
          taken++;
          out.push(next.message);
        }
      }
      expect(taken + one.dropped + one.conflated).toBe(pushed);
      expect(one.bytes).toBe(0);
      if (policy !== "conflate") expect(out.map((tick) => tick.n)).toEqual([...out].map((tick) => tick.n).sort((a, b) => a - b));
      for (const key of ["a", "b", "c", "d", "e"]) {
        const ns = out.filter((tick) => tick.key === key).map((tick) => tick.n);
        expect(ns).toEqual([...ns].sort((a, b) => a - b));
      }
    }), { numRuns: 150 });
  });
});
