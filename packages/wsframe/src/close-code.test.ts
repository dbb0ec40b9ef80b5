import { expect, test } from "vitest";
import { CloseCode, closeCategory, describeCloseCode, isSendableCloseCode, shouldReconnect } from "./index.js";

test("isSendableCloseCode() holds for exactly 1000–1003, 1007–1014 and 3000–4999 (§7.4)", () => {
  const sendable = Array.from({ length: 70_000 }, (_, code) => code - 1000).filter((code) => isSendableCloseCode(code));
  const expected = [...range(1000, 1003), ...range(1007, 1014), ...range(3000, 4999)];
  expect(sendable).toEqual(expected);
  expect([1000.5, Number.NaN, Infinity].some((code) => isSendableCloseCode(code))).toBe(false);
});

test.each([
  [1000, "normal", false], [1001, "normal", true], [1002, "protocol", false], [1003, "protocol", false], [1005, "normal", false],
  [1006, "network", true], [1007, "protocol", false], [1008, "policy", false], [1009, "policy", false], [1010, "protocol", false],
  [1011, "server", true], [1012, "server", true], [1013, "server", true], [1014, "server", true], [1015, "protocol", false],
  [3000, "library", false], [3999, "library", false], [4000, "application", false], [4999, "application", false],
  [4401, "policy", false], [4403, "policy", false],
  [0, "invalid", false], [999, "invalid", false], [1004, "invalid", false], [1016, "invalid", false], [2999, "invalid", false], [5000, "invalid", false], [3000.5, "invalid", false],
] as const)("%i is of category %s, reconnecting makes sense: %s", (code, category, reconnect) => {
  expect(closeCategory(code)).toBe(category);
  expect(shouldReconnect(code)).toBe(reconnect);
});

test("every named code has a sentence of its own, every other code one by its range", () => {
  const sentences = Object.values(CloseCode).map((code) => describeCloseCode(code));
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z][^.]+$/);
  expect(describeCloseCode(CloseCode.normal)).toContain("Normal closure");
  expect(describeCloseCode(3001)).toBe("Registered code 3001: defined by a library or framework");
  expect(describeCloseCode(4001)).toBe("Application code 4001: defined by the application");
  expect(describeCloseCode(77)).toBe("Invalid code 77: not defined by RFC 6455");
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
