import fc from "fast-check";
import { expect, test } from "vitest";
import { type ListenerTable, put } from "./listener-table.js";
import * as node from "./listener-table.js";
import * as web from "./listener-table.web.js";

test.each([["Node", node], ["pages", web as typeof node]])("a table is a Map in all but memory, below and above the length at which it becomes one (%s)", (_platform, { find, pairs, put, remove }) => {
  const step = fc.tuple(fc.constantFrom("put", "remove"), fc.integer({ min: 0, max: 12 }), fc.nat());
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const map = new Map<string, number>();
    let table: ListenerTable<number>;
    for (const [what, event, list] of steps) {
      const name = `event ${String(event)}`;
      table = what === "put" ? put(table, name, list) : remove(table, name);
      if (what === "put") map.set(name, list);
      else map.delete(name);
      expect(pairs(table)).toEqual([...map]);
      expect(find(table, name)).toBe(map.get(name));
    }
  }));
});

test("eight events stay a chain; the ninth makes a Map", () => {
  let table: ListenerTable<number>;
  for (let i = 0; i < 8; i++) table = put(table, String(i), i);
  expect(table).not.toBeInstanceOf(Map);
  expect(put(table, "9", 9)).toBeInstanceOf(Map);
});
