import { expect, test } from "vitest";
import { Trail, Trails } from "./trail.js";

test("a number that does not exceed the last came before", () => {
  const trail = new Trail(2);
  expect([1, 2, 2, 1, 5, 4, 6].map((position) => trail.admit(position))).toEqual([true, true, false, false, true, false, true]);
  expect(trail.last).toBe(6);
});

test("strings are compared with the last so many", () => {
  const trail = new Trail(2);
  expect(["x", "y", "x", "z", "y"].map((position) => trail.admit(position))).toEqual([true, true, false, true, true]);
  expect(trail.last).toBe("y");
});

test("a string may follow a number, and a number a string", () => {
  const trail = new Trail(2);
  expect([7, "e1:1", 1, 1].map((position) => trail.admit(position))).toEqual([true, true, true, false]);
});

test("a pattern has a trail for each name, the quietest is forgotten at the limit", () => {
  const trails = new Trails(2, 2);
  expect([["a", 5], ["b", 1], ["a", 5], ["a", 6], ["b", 2]].map(([name, position]) => trails.admit(String(name), Number(position)))).toEqual([true, true, false, true, true]);
  expect([trails.last, trails.size, [...trails.positions()]]).toEqual([2, 2, [["a", 6], ["b", 2]]]);
  expect(trails.admit("c", 1)).toBe(true);
  expect([...trails.positions()]).toEqual([["b", 2], ["c", 1]]);
});
