import { expect, test } from "vitest";
import { randomIds } from "./random-ids.js";

test("ids are 20 characters of base64url, no two alike, each of its 120 bits as often set as not", () => {
  const next = randomIds();
  const ids = Array.from({ length: 2000 }, () => next()); // several pools
  expect(new Set(ids).size).toBe(2000);
  for (const id of ids) expect(id).toMatch(/^[\w-]{20}$/);
  const counts = Array.from({ length: 120 }, (_, bit) => ids.filter((id) => ((Buffer.from(id, "base64url")[bit >> 3] ?? 0) >> (bit & 7)) & 1).length);
  expect(Math.min(...counts)).toBeGreaterThan(850); // 1000, give or take six standard deviations of 22
  expect(Math.max(...counts)).toBeLessThan(1150);
});
