import { expect, test } from "vitest";
import { type Entry, groupByDay } from "./grouping.js";

const noon = new Date(2026, 4, 12, 12).getTime();
const minute = 60_000;
const entry = (authorId: string, sentAtMs: number, isFirstUnread = false): Entry => ({ key: `${authorId}-${sentAtMs}`, authorId, sentAtMs, isFirstUnread });
const shape = (entries: Entry[]): string[][] => groupByDay(entries).map((day) => day.groups.map((group) => `${group.authorId}${group.entries.length}`));

test("groupByDay(): one author in a row is one group, another author starts the next", () => {
  expect(shape([entry("a", noon), entry("a", noon + minute), entry("b", noon + minute), entry("a", noon + 2 * minute)])).toEqual([["a2", "b1", "a1"]]);
});

test("groupByDay(): five minutes of silence are the same group, more are not", () => {
  expect(shape([entry("a", noon), entry("a", noon + 5 * minute)])).toEqual([["a2"]]);
  expect(shape([entry("a", noon), entry("a", noon + 5 * minute + 1)])).toEqual([["a1", "a1"]]);
});

test("groupByDay(): midnight starts a day and a group", () => {
  const midnight = new Date(2026, 4, 13).getTime();
  expect(shape([entry("a", midnight - 1), entry("a", midnight)])).toEqual([["a1"], ["a1"]]);
});

test("groupByDay(): the first unread message starts a group", () => {
  expect(shape([entry("a", noon), entry("a", noon + 1, true), entry("a", noon + 2)])).toEqual([["a1", "a2"]]);
  expect(groupByDay([])).toEqual([]);
});
