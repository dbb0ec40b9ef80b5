import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Registry } from "./registry.js";

const step = fc.record({ kind: fc.constantFrom("set", "set", "set", "delete", "churn"), key: fc.nat(40), value: fc.nat() });

describe("Registry", () => {
  test("is a Map to its users, whatever comes and goes", () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const registry = new Registry<number, number>();
      const model = new Map<number, number>();
      for (const { kind, key, value } of steps) {
        for (let turn = 0; turn < (kind === "churn" ? 70 : 0); turn++) registry.set(1_000 + turn, turn).delete(1_000 + turn);
        if (kind === "set") {
          registry.set(key, value);
          model.set(key, value);
        } else if (kind === "delete") {
          expect(registry.delete(key)).toBe(model.delete(key));
        }
        expect([registry.size, registry.has(key), registry.get(key)]).toEqual([model.size, model.has(key), model.get(key)]);
      }
      expect(registry.values()).toEqual([...model.values()]);
      const visited: [number, number][] = [];
      registry.forEach((value, key) => visited.push([key, value]));
      expect(visited).toEqual([...model]);
    }));
  });

  test("visits what is added meanwhile, and not what is deleted, however much that is", () => {
    const registry = new Registry<number, string>();
    for (let key = 0; key < 3; key++) registry.set(key, `${key}`);
    const visited: number[] = [];
    registry.forEach((_value, key) => {
      visited.push(key);
      if (key === 0) registry.delete(1);
      if (key < 300) registry.set(key + 100, "later");
    });
    expect(visited).toEqual([0, 2, 100, 102, 200, 202, 300, 302]);
  });

  test("entries() goes on in what there is, however much comes and goes meanwhile", () => {
    const registry = new Registry<number, string>().set(0, "a").set(1, "b").set(2, "c");
    const visited: number[] = [];
    for (const [key] of registry.entries()) {
      visited.push(key);
      if (key === 0) registry.delete(1);
      if (key === 2) for (let turn = 0; turn < 200; turn++) registry.set(1_000 + turn, "").delete(1_000 + turn);
      if (key === 2) registry.set(3, "d");
    }
    for (const [key] of registry.entries()) if (key === 2) break;
    for (let turn = 0; turn < 200; turn++) registry.set(1_000 + turn, "").delete(1_000 + turn);
    expect(visited).toEqual([0, 2, 3]);
    expect([...registry.entries()]).toEqual([[0, "a"], [2, "c"], [3, "d"]]);
  });

  test("goes on after a visitor has thrown", () => {
    const registry = new Registry<number, number>().set(0, 0);
    expect(() => registry.forEach(() => { throw new Error("visitor"); })).toThrow("visitor");
    for (let key = 0; key < 500; key++) registry.set(key, key);
    expect(registry.values()).toEqual(Array.from({ length: 500 }, (_, key) => key));
  });
});
