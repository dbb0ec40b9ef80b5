import { inspect } from "node:util";
import { Registry } from "@x/errors/registry";
import { describe, expect, it } from "vitest";
import { recordOf } from "./clients.js";

describe("recordOf", () => {
  it("shows what the registry holds now, whatever the ids are called", () => {
    const entries = new Registry<string, number>();
    const record = recordOf(entries);
    entries.set("a", 1).set("__proto__", 2).set("toString", 3);
    expect([Object.keys(record), Object.values(record), record["a"], record["b"], "a" in record, "b" in record]).toEqual([["a", "__proto__", "toString"], [1, 2, 3], 1, undefined, true, false]);
    entries.delete("a");
    expect([Object.entries(record), record["a"], Object.entries({ ...record }), Symbol.iterator in record]).toEqual([[["__proto__", 2], ["toString", 3]], undefined, [["__proto__", 2], ["toString", 3]], false]);
  });

  it("cannot be written to", () => {
    const entries = new Registry<string, number>().set("a", 1);
    const record: Record<string, number> = recordOf(entries);
    expect(() => (record["a"] = 2)).toThrow(TypeError);
    expect(() => delete record["a"]).toThrow(TypeError);
    expect(() => Object.defineProperty(record, "b", { value: 3 })).toThrow(TypeError);
    expect(() => { Object.setPrototypeOf(record, {}); }).toThrow(TypeError);
    expect(() => Object.freeze(record)).toThrow(TypeError);
    entries.set("b", 2);
    expect([entries.values(), Object.keys(record), Object.isFrozen(record)]).toEqual([[1, 2], ["a", "b"], false]);
  });

  it("looks like an object to whoever prints, compares or copies it", () => {
    const entries = new Registry<string, object>();
    const record = recordOf(entries);
    expect([inspect(record), record]).toEqual(["{}", {}]);
    entries.set("a", { isOpen: true });
    expect([inspect({ record }), JSON.stringify(record), record, Object.assign({}, record)]).toEqual(["{ record: { a: { isOpen: true } } }", '{"a":{"isOpen":true}}', { a: { isOpen: true } }, { a: { isOpen: true } }]);
    const keys: string[] = [];
    for (const key in record) keys.push(key);
    expect([keys, Object.getOwnPropertySymbols(record), Object.getPrototypeOf(record)]).toEqual([["a"], [], null]);
  });
});
