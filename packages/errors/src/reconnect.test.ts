import { expect, test, vi } from "vitest";
import { setErrorReporter } from "./handlers.js";
import { engineio, TransportError } from "./index.js";
import { DEFAULT_RESET_AFTER_MS, reconnection } from "./retry.js";

const lost = new engineio.ConnectionError("Connection lost: network is down", { code: "engineio/connection-lost" });
const exact = { baseMs: 100, jitter: 0, attempts: 4 };

test("reconnection() counts attempts and doubles waits, until there are no more", () => {
  const next = reconnection(exact);
  expect(Array.from({ length: 4 }, () => next.next(lost, 0))).toEqual([
    { attempt: 2, delayMs: 100 }, { attempt: 3, delayMs: 200 }, { attempt: 4, delayMs: 400 }, undefined,
  ]);
});

test.each([[{}, DEFAULT_RESET_AFTER_MS], [{ resetAfterMs: 500 }, 500]])("with %o begins again after %i ms, not one earlier", (policy, lastedMs) => {
  const next = reconnection({ ...exact, ...policy });
  expect([next.next(lost, 0), next.next(lost, lastedMs - 1), next.next(lost, lastedMs)].map((one) => one?.attempt)).toEqual([2, 3, 2]);
});

test("gives up after final failures, or as retryIf says", () => {
  expect(reconnection(exact).next(new engineio.ConnectionError("m", { httpStatus: 401 }), 0)).toBeUndefined();
  expect(reconnection(exact).next(new TypeError("bug"), 0)).toBeUndefined();
  expect(reconnection({ ...exact, retryIf: () => true }).next(new TypeError("bug"), 0)).toEqual({ attempt: 2, delayMs: 100 });
  expect(reconnection({ ...exact, retryIf: () => false }).next(lost, 0)).toBeUndefined();
});

test("a retryIf that throws says no, and what it threw is reported, or told to onError", () => {
  const broken = new TypeError("no such field");
  const policy = { ...exact, retryIf: () => { throw broken; } };
  const [reported, told] = [vi.fn(), vi.fn()];
  const before = setErrorReporter(reported);
  try {
    expect(reconnection(policy).next(lost, 0)).toBeUndefined();
    expect(reconnection(policy, told).next(lost, 0)).toBeUndefined();
    expect(reconnection(policy, () => { throw new Error("onError"); }).next(lost, 0)).toBeUndefined();
  } finally {
    setErrorReporter(before);
  }
  expect(told.mock.calls).toEqual([[broken, { event: "retryIf" }]]);
  expect(reported.mock.calls.map(([error]: unknown[]) => (error as Error).message)).toEqual(["no such field", "onError"]);
});

test("waits as long as Retry-After asks, up to its limit (RFC 9110 §10.2.3)", () => {
  const busy = (seconds: number) => new engineio.ConnectionError("m", { httpStatus: 503, headers: { "retry-after": String(seconds) } });
  expect(reconnection(exact).next(busy(120), 0)?.delayMs).toBe(120_000);
  expect(reconnection(exact).next(busy(121), 0)).toBeUndefined();
  expect(reconnection({ ...exact, maxRetryAfterMs: 121_000 }).next(busy(121), 0)?.delayMs).toBe(121_000);
});

test("refuses a policy out of range", () => {
  expect(() => reconnection({ attempts: 0 })).toThrow(TransportError);
});

test("what a ConnectionError knows of the answer is not enumerable, so that it is not logged", () => {
  const error = new engineio.ConnectionError("m", { body: { a: 1 }, headers: { location: "/" } });
  expect([error.body, error.headers?.["location"]]).toEqual([{ a: 1 }, "/"]);
  expect(Object.keys(error)).not.toContain("headers");
  expect(JSON.stringify(error)).not.toContain("location");
});
