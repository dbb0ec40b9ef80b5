import { describe, expect, test } from "vitest";
import { copyData } from "./data-copy.js";

describe("copyData()", () => {
  test.each<[string, unknown]>([
    ["a record", { a: { b: { c: 1 } }, none: null, missing: undefined }],
    ["a record without a prototype", Object.assign(Object.create(null) as object, { a: [1] })],
    ["an array", [[1], [{ a: 2 }], undefined]],
    ["a Map", new Map<unknown, unknown>([["a", { b: 1 }], [{ key: 1 }, new Map()]])],
    ["a Set", new Set<unknown>([1, { a: 1 }])],
    ["a Date", { at: new Date(7) }],
  ])("%s: equal, and nothing in it is the same", (_name, value) => {
    const copy = copyData(value);
    expect(copy).toStrictEqual(value);
    expect(shared(value, copy)).toEqual([]);
  });

  test.each<[string, unknown]>([["a function", () => 1], ["bytes", new Uint8Array(2)], ["an instance", new (class Cart { readonly items: unknown[] = []; })()], ["a Map of a class of its own", new (class extends Map<unknown, unknown> {})()], ["a text", "x"], ["null", null]])("%s is the same", (_name, value) => {
    expect(copyData({ deep: [value] }).deep[0]).toBe(value);
  });

  test("what is there twice stays one, also within itself", () => {
    const once = { n: 1 };
    const value: { a: object; b: object; self?: unknown } = { a: once, b: once };
    value.self = value;
    const copy = copyData(value);
    expect([copy.a === copy.b, copy.a === once, copy.self === copy]).toEqual([true, false, true]);
  });

  test("__proto__ from JSON is a key like any other", () => {
    const value = JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}') as { a: object };
    const copy = copyData(value);
    expect([Object.keys(copy.a), "isAdmin" in copy.a, "isAdmin" in {}]).toEqual([["__proto__"], false, false]);
    expect(Object.getPrototypeOf(copy.a)).toBe(Object.prototype);
  });
});

/** @returns the objects that are in both. */
function shared(value: unknown, copy: unknown): unknown[] {
  const ofCopy = objectsIn(copy);
  return [...objectsIn(value)].filter((each) => ofCopy.has(each));
}

function objectsIn(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (typeof value !== "object" || value === null) return found;
  found.add(value);
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value);
  for (const part of parts) objectsIn(part, found);
  return found;
}
