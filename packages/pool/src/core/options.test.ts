import { expect, test } from "vitest";
import { DEFAULT_LIMITS, parseLimits, type PoolLimits } from "./options.js";

test("parseLimits() fills in what is missing or undefined", () => {
  expect(parseLimits({})).toEqual(DEFAULT_LIMITS);
  expect(parseLimits({ maxConnections: 3, idleTimeoutMs: undefined })).toEqual({ ...DEFAULT_LIMITS, maxConnections: 3 });
});

test.each<[keyof PoolLimits, number, number]>([
  ["maxConnections", 1, 0], ["maxConnections", 2, 1.5], ["maxConnections", 100, Infinity], ["minIdle", 0, -1], ["maxWaiting", 0, -1], ["maxWaiting", 5, NaN],
  ["acquireTimeoutMs", 0, -1], ["acquireTimeoutMs", Infinity, NaN], ["connectTimeoutMs", 1, 0], ["idleTimeoutMs", 0, -0.1],
  ["maxPerKey", 1, 0], ["maxPerKey", Infinity, 1.5], ["minConnections", 0, -1],
  ["minConnections", 10, 11], ["maxOvertakes", 0, -1], ["maxOvertakes", Infinity, 0.5], ["maxAgeMs", 1, 0], ["maxAgeJitter", 0, -0.1], ["maxAgeJitter", 1, 1.1], ["maxUses", 1, 0], ["leakWarningMs", 1, 0], ["leasesPerConnection", 1, 0], ["closeTimeoutMs", 0, -1], ["validateAfterIdleMs", 0, -1],
])("parseLimits() takes %s %d and refuses %d", (name, good, bad) => {
  expect(parseLimits({ [name]: good })[name]).toBe(good);
  expect(() => parseLimits({ [name]: bad })).toThrow(expect.objectContaining({ code: "pool/invalid-option", message: expect.stringContaining(name) as string }));
});

test("parseLimits() refuses more minIdle than maxConnections", () => {
  expect(parseLimits({ maxConnections: 2, minIdle: 2 }).minIdle).toBe(2);
  expect(() => parseLimits({ maxConnections: 2, minIdle: 3 })).toThrow(expect.objectContaining({ code: "pool/invalid-option" }));
});
