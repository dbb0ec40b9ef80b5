import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Roster } from "./roster.js";

const step = fc.record({ kind: fc.constantFrom("set", "set", "delete", "clear", "churn"), id: fc.constantFrom("a", "b", "c", "d"), value: fc.nat(9) });

/** Everything that a Map shows of itself. */
function shown(map: Map<string, number>): unknown[] {
  const visited: unknown[] = [];
  map.forEach(function (this: unknown, value, key, whole) { visited.push([key, value, whole === map, this]); }, "this");
  return [map.size, [...map], [...map.entries()], [...map.keys()], [...map.values()], new Map(map), visited, inspect(map), map.get("a"), map.has("b")];
}

test("Roster: is a Map to its users, whatever comes and goes", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const [roster, model] = [new Roster<number>(), new Map<string, number>()];
    for (const { kind, id, value } of steps) {
      for (const map of [roster, model]) {
        if (kind === "set") expect(map.set(id, value)).toBe(map);
        else if (kind === "clear") map.clear();
        else for (let turn = 0; turn < (kind === "churn" ? 100 : 0); turn++) map.set(`${turn}`, turn).delete(`${turn}`);
      }
      if (kind === "delete") expect(roster.delete(id)).toBe(model.delete(id));
      expect(shown(roster)).toEqual(shown(model));
    }
    expect(roster).toBeInstanceOf(Map);
  }));
});

test("Roster: who leaves during an iteration is not visited any more, and who comes is", () => {
  for (const map of [new Roster<number>(), new Map<string, number>()]) {
    map.set("a", 1).set("b", 2).set("c", 3);
    const visited: string[] = [];
    for (const id of map.keys()) {
      visited.push(id);
      if (id === "a") map.delete("b");
      if (id === "c") map.set("d", 4);
    }
    expect(visited).toEqual(["a", "c", "d"]);
    expect(map.values().next().value).toBe(1);
  }
});
