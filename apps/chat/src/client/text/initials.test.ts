import { expect, test } from "vitest";
import { hueOf, initials } from "./initials.js";
import { formatBrief, formatDay } from "./time.js";

test.each([["Ada", "A"], ["Ada Lovelace", "AL"], ["ada king lovelace", "AL"], ["  Grace  Hopper ", "GH"], ["élan", "É"], ["山田 太郎", "山太"], ["(bob)", "B"], ["🦊", "🦊"]])(
  "initials(%j) is %j", (name, expected) => expect(initials(name)).toBe(expected));

test("hueOf() is steady, spread over the wheel, and a whole step", () => {
  const hues = new Set(Array.from({ length: 200 }, (_, i) => hueOf(`user-${i}`)));
  expect(hues.size).toBe(12);
  expect(hueOf("ada")).toBe(hueOf("ada"));
  expect(hueOf("ada") % 30).toBe(0);
});

test("formatDay() and formatBrief() count calendar days, not hours", () => {
  const now = new Date(2026, 4, 12, 0, 5).getTime();
  expect(formatDay(new Date(2026, 4, 12, 0, 1).getTime(), now)).toBe("Today");
  expect(formatDay(new Date(2026, 4, 11, 23, 59).getTime(), now)).toBe("Yesterday");
  expect(formatDay(new Date(2026, 4, 10, 12).getTime(), now)).toMatch(/10/u);
  expect(formatDay(new Date(2024, 1, 2).getTime(), now)).toMatch(/2024/u);
  expect(formatBrief(new Date(2026, 4, 11, 23, 59).getTime(), now)).toMatch(/11/u);
});
