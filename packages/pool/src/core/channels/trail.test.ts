import { describe, expect, test } from "vitest";
import { Trail, Trails, type TrailSettings } from "./trail.js";

const growing: TrailSettings = { positionWindow: 2, isConsecutive: false };
const consecutive: TrailSettings = { ...growing, isConsecutive: true };

test("a number that does not exceed the last came before", () => {
  const trail = new Trail(growing);
  expect([1, 2, 2, 1, 5, 4, 6].map((position) => trail.follow(position))).toEqual(["next", "next", "known", "known", "next", "known", "next"]);
  expect(trail.last).toBe(6);
});

test("strings are compared with the last so many", () => {
  const trail = new Trail(growing);
  expect(["x", "y", "x", "z", "y"].map((position) => trail.follow(position))).toEqual(["next", "next", "known", "next", "next"]);
  expect(trail.last).toBe("y");
});

test("a string may follow a number, and a number a string", () => {
  const trail = new Trail(growing);
  expect([7, "e1:1", 1, 1].map((position) => trail.follow(position))).toEqual(["next", "next", "next", "known"]);
});

test("a pattern has a trail for each name, the quietest is forgotten at the limit", () => {
  const trails = new Trails(growing, 2);
  expect([["a", 5], ["b", 1], ["a", 5], ["a", 6], ["b", 2]].map(([name, position]) => trails.follow(String(name), Number(position)))).toEqual(["next", "next", "known", "next", "next"]);
  expect([trails.last, trails.size, [...trails.positions()]]).toEqual([2, 2, [["a", 6], ["b", 2]]]);
  expect(trails.follow("c", 1)).toBe("next");
  expect([...trails.positions()]).toEqual([["b", 2], ["c", 1]]);
});

describe("where numbers are consecutive", () => {
  test.each<[string, number[], string[]]>([
    ["the next", [7, 8], ["next", "next"]],
    ["one that came before", [7, 7, 6], ["next", "known", "known"]],
    ["a jump by two", [7, 9, 8, 9], ["next", "ahead", "next", "next"]],
    ["a jump by more, again and again", [7, 100, 101, 8], ["next", "ahead", "ahead", "next"]],
    ["numbers that begin anew", [7, 1, 2, 8], ["next", "known", "known", "next"]],
    ["the first, whatever it is", [-3, -2, 0], ["next", "next", "ahead"]],
    ["what is no number to count with", [7, Infinity, NaN, 1], ["next", "ahead", "next", "next"]],
  ])("%s", (_, numbers, successions) => {
    const trail = new Trail(consecutive);
    expect(numbers.map((position) => trail.follow(position))).toEqual(successions);
  });

  test("a gap is open until what was missing has come", () => {
    const trail = new Trail(consecutive);
    for (const position of [1, 3]) trail.follow(position);
    const gap = trail.openGap();
    trail.follow(4);
    expect([gap.expected, trail.gap]).toEqual([2, gap]);
    trail.follow(2);
    expect([trail.gap, trail.last]).toEqual([undefined, 2]);
  });

  test("strings and numbers in turn leave no gap", () => {
    const trail = new Trail(consecutive);
    expect([1, "x", 5, 7].map((position) => trail.follow(position))).toEqual(["next", "next", "next", "ahead"]);
  });
});
