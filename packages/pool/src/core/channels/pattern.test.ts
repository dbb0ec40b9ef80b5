import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matcherOf } from "./pattern.js";

describe("a wildcard stands for any characters, also none", () => {
  test.each([
    ["*", "", true], ["*", "anything", true], ["**", "", true], ["a*", "a", true], ["a*", "ab", true], ["a*", "ba", false], ["*a", "ba", true], ["*a", "ab", false],
    ["a*c", "abc", true], ["a*c", "ac", true], ["a*c", "abcd", false], ["ab*ba", "aba", false], ["ab*ba", "abba", true], ["a*b*c", "a.b.b.c", true], ["a*b*c", "acb", false],
    ["*@trade", "btcusdt@trade", true], ["*@trade", "btcusdt@ticker", false], ["trades:*:USD", "trades:BTC:USD", true], ["a.c*", "abc", false], ["(*)+", "(x)+", true],
  ])("%s and %s: %s", (pattern, name, matches) => {
    expect(matcherOf(pattern, "*")?.(name)).toBe(matches);
  });
});

test("a name without the wildcard is no pattern; another wildcard, or none, may be agreed on", () => {
  expect([matcherOf("btc", "*"), matcherOf("btc*", undefined), matcherOf("btc*", "#")]).toEqual([undefined, undefined, undefined]);
  expect(matcherOf("btc/#", "#")?.("btc/usd")).toBe(true);
});

test("agrees with the regular expression that says the same", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  fc.assert(fc.property(text, fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 }), (pattern, name) => {
    const matcher = matcherOf(pattern, "*");
    if (matcher !== undefined) expect(matcher(name)).toBe(new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name));
  }), { numRuns: 500 });
});

test("a name that nearly matches, again and again, costs no more than its length times the pattern's", () => {
  const matcher = matcherOf("*a*a*a*a*a*a*a*a*b", "*");
  expect([matcher?.("a".repeat(1_000_000)), matcher?.(`${"a".repeat(1_000_000)}b`)]).toEqual([false, true]);
});
