import { FakeClock, seededRandom, settle } from "@x/testkit";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { engineio, isTransportError, simpleWs, socketio, TransportError, wsframe } from "./index.js";
import { backoff, isRetryable, retry, type FailedAttempt, type RetryPolicy } from "./retry.js";

const lost = new engineio.ConnectionError("Cannot connect: network is down");

/** Runs `retry` on a clock that goes on as far as it is waited for. */
async function run<Value>(fn: (attempt: { attempt: number }) => Value | Promise<Value>, policy: RetryPolicy = {}) {
  const clock = new FakeClock();
  const calledAtMs: number[] = [];
  const failed: FailedAttempt[] = [];
  const outcome = retry((attempt) => {
    calledAtMs.push(clock.now());
    return fn(attempt);
  }, { clock, random: () => 0, onRetry: (one) => void failed.push(one), ...policy }).then((value) => ({ value }), (error: unknown) => ({ error }));
  await settle(1);
  while (clock.pending > 0) {
    clock.advance(clock.nextMs - clock.nowMs);
    await settle(1);
  }
  return { ...(await outcome) as { value?: Value; error?: unknown }, calledAtMs, failed, clock };
}

describe("retry()", () => {
  test("returns the first success and waits for nothing", async () => {
    expect(await run(() => "done")).toMatchObject({ value: "done", calledAtMs: [0], failed: [] });
  });

  test("waits 500 ms, doubled each time, and throws the last error after 5 calls", async () => {
    const { error, calledAtMs, failed } = await run(() => { throw lost; });
    expect(error).toBe(lost);
    expect(calledAtMs).toEqual([0, 500, 1500, 3500, 7500]);
    expect(failed.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([[1, 500], [2, 1000], [3, 2000], [4, 4000]]);
  });

  test("tells each call its number, and stops at the first success", async () => {
    const { value, calledAtMs } = await run(({ attempt }) => attempt < 3 ? Promise.reject(lost) : attempt);
    expect([value, calledAtMs]).toEqual([3, [0, 500, 1500]]);
  });

  test.each([1, 2, 7])("attempts: %i is the number of calls", async (attempts) => {
    expect((await run(() => { throw lost; }, { attempts })).calledAtMs).toHaveLength(attempts);
  });

  test("attempts: Infinity goes on, with waits at the cap", async () => {
    const { value, clock } = await run(({ attempt }) => attempt < 2000 ? Promise.reject(lost) : "at last", { attempts: Infinity, capMs: 1000 });
    expect([value, clock.nowMs]).toEqual(["at last", 500 + 1000 * 1998]);
  });

  const final: readonly (readonly [what: string, failure: unknown])[] = [
    ["HTTP 401", new wsframe.WebSocketBadStatusException("m", { statusCode: 401 })],
    ["HTTP 403", new simpleWs.ConnectionError("m", { statusCode: 403 })],
    ["HTTP 404", new engineio.ConnectionError("m", { httpStatus: 404 })],
    ["HTTP 410", new engineio.ConnectionError("m", { httpStatus: 410 })],
    ["a refused namespace", new socketio.ConnectionRefusedError("m")],
    ["a bad namespace", new socketio.BadNamespaceError("m")],
    ...[1000, 1002, 1003, 1007, 1008, 1009, 1010, 4401, 4403].map((reason) => [`close code ${reason}`, new simpleWs.ConnectionClosed("", { reason })] as const),
    ["an upper error for a final lower one", new socketio.ConnectionError("m", { cause: new engineio.ConnectionError("m", { httpStatus: 401 }) })],
    ["retryable: true with a final status", new engineio.ConnectionError("m", { retryable: true, httpStatus: 401 })],
    ["an error of nobody's tree", new TypeError("bug")],
    ["no error at all", "text"],
  ];
  test.each(final)("never retries %s by default", async (_, failure) => {
    const { error, calledAtMs } = await run(() => Promise.reject(failure as Error));
    expect([error, calledAtMs]).toEqual([failure, [0]]);
  });

  test.each([502, 503, 504, 429, 408])("retries HTTP %i", async (statusCode) => {
    expect((await run(() => { throw new wsframe.WebSocketBadStatusException("m", { statusCode }); })).calledAtMs).toHaveLength(5);
  });

  test("retryIf decides instead, and hears the attempt", async () => {
    const retryIf = vi.fn((_: unknown, attempt: number) => attempt < 2);
    const failure = new TypeError("m");
    expect(await run(() => { throw failure; }, { retryIf })).toMatchObject({ error: failure, calledAtMs: [0, 500] });
    expect(retryIf.mock.calls).toEqual([[failure, 1], [failure, 2]]);
  });

  test("waits as long as Retry-After asks, up to its limit; beyond it throws (RFC 9110 §10.2.3)", async () => {
    const busy = (seconds: number) => new simpleWs.ConnectionError("m", {
      cause: new wsframe.WebSocketBadStatusException("m", { statusCode: 503, headers: { "retry-after": String(seconds) } }),
    });
    expect((await run(() => { throw busy(120); }, { attempts: 2 })).calledAtMs).toEqual([0, 120_000]);
    expect((await run(() => { throw busy(121); }, { attempts: 2 })).calledAtMs).toEqual([0]);
    expect((await run(() => { throw busy(121); }, { attempts: 2, maxRetryAfterMs: 121_000 })).calledAtMs).toEqual([0, 121_000]);
    expect((await run(() => { throw busy(0); }, { attempts: 2 })).calledAtMs).toEqual([0, 500]);
  });
});

describe("retry() with a signal", () => {
  test("calls nothing when it is already aborted", async () => {
    const fn = vi.fn();
    const reason = new Error("changed my mind");
    await expect(retry(fn, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: "errors/aborted", cause: reason });
    expect(fn).not.toHaveBeenCalled();
  });

  test("ends the waiting at once, and leaves no timer and no listener", async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const outcome = retry(() => { throw lost; }, { clock, signal: controller.signal, random: () => 0 });
    const caught = outcome.catch((error: unknown) => error);
    await settle();
    clock.advance(500);
    await settle();
    expect([clock.pending, added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 2, 1]);
    controller.abort(new Error("enough"));
    const error = await caught;
    expect(isTransportError(error) && error).toMatchObject({ code: "errors/aborted", retryable: false, details: { attempt: 2, lastError: lost }, cause: { message: "enough" } });
    expect(clock.pending).toBe(0);
  });

  test("is handed to the call, whose error is thrown when it ends during the call", async () => {
    const controller = new AbortController();
    const failure = new engineio.ConnectionError("Cannot connect: aborted");
    const clock = new FakeClock();
    await expect(retry(({ signal }) => {
      controller.abort();
      expect(signal).toBe(controller.signal);
      throw failure;
    }, { clock, signal: controller.signal })).rejects.toBe(failure);
    expect(clock.pending).toBe(0);
  });

  test("may be aborted by onRetry", async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    await expect(retry(() => { throw lost; }, { clock, signal: controller.signal, onRetry: () => controller.abort() })).rejects.toMatchObject({ code: "errors/aborted" });
    expect(clock.pending).toBe(0);
  });
});

const policies = fc.record({
  attempts: fc.integer({ min: 1, max: 40 }),
  baseMs: fc.integer({ min: 0, max: 10_000 }),
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  capMs: fc.integer({ min: 0, max: 100_000 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("backoff()", () => {
  test("every wait lies between (1 − jitter) and the whole of min(cap, base · factor^n), and there are attempts − 1", () => {
    fc.assert(fc.property(policies, fc.integer(), (policy, seed) => {
      const delays = backoff({ ...policy, random: seededRandom(seed) });
      for (let failure = 0; failure < policy.attempts - 1; failure++) {
        const wholeMs = policy.baseMs === 0 ? 0 : Math.min(policy.capMs, policy.baseMs * policy.factor ** failure);
        const delayMs = delays.next() ?? Number.NaN;
        expect(delayMs).toBeGreaterThanOrEqual(wholeMs * (1 - policy.jitter) - 1e-6);
        expect(delayMs).toBeLessThanOrEqual(wholeMs);
      }
      expect([delays.next(), delays.next(), delays.failures]).toEqual([undefined, undefined, policy.attempts - 1]);
    }));
  });

  test("retry() calls exactly when the waits are over, whatever the policy", async () => {
    await fc.assert(fc.asyncProperty(policies, fc.integer(), fc.integer({ min: 1, max: 50 }), async (policy, seed, successAt) => {
      const delays = backoff({ ...policy, random: seededRandom(seed) });
      const expectedMs = [0];
      while (expectedMs.length < successAt) {
        const delayMs = delays.next();
        if (delayMs === undefined) break;
        expectedMs.push(expectedMs.at(-1)! + delayMs);
      }
      const { calledAtMs, value, clock } = await run(({ attempt }) => attempt < successAt ? Promise.reject(lost) : "done", { ...policy, random: seededRandom(seed) });
      expect(calledAtMs).toHaveLength(expectedMs.length);
      calledAtMs.forEach((atMs, index) => expect(atMs).toBeCloseTo(expectedMs[index]!, 3));
      expect(value).toBe(successAt <= policy.attempts ? "done" : undefined);
      expect(clock.pending).toBe(0);
    }), { numRuns: 50 });
  });

  test("full jitter spreads over the whole wait", () => {
    const random = seededRandom(1);
    const delays = Array.from({ length: 1000 }, () => backoff({ random, baseMs: 1000 }).next() ?? 0);
    expect(Math.min(...delays)).toBeLessThan(20);
    expect(Math.max(...delays)).toBeGreaterThan(980);
    expect(delays.reduce((sum, delay) => sum + delay, 0) / 1000).toBeCloseTo(500, -2);
  });

  test("reset() begins again", () => {
    const delays = backoff({ random: () => 0, attempts: 3 });
    expect([delays.next(), delays.next(), delays.next()]).toEqual([500, 1000, undefined]);
    delays.reset();
    expect([delays.failures, delays.next()]).toEqual([0, 500]);
  });

  test.each([
    { attempts: 0 }, { attempts: 1.5 }, { attempts: Number.NaN }, { baseMs: -1 }, { baseMs: Infinity }, { factor: 0.5 }, { factor: Number.NaN },
    { capMs: -1 }, { capMs: Infinity }, { jitter: -0.1 }, { jitter: 1.1 },
  ])("refuses %o", async (policy) => {
    expect(() => backoff(policy)).toThrow(TransportError);
    await expect(retry(() => 1, policy)).rejects.toMatchObject({ code: "errors/invalid-option" });
  });

  test.each([{ attempts: 1 }, { baseMs: 0 }, { factor: 1 }, { capMs: 0 }, { jitter: 0 }, { jitter: 1 }])("takes the border %o", (policy) => {
    expect(() => backoff(policy)).not.toThrow();
  });
});

test("isRetryable() is false for what is not of the tree", () => {
  expect([isRetryable(lost), isRetryable(new Error("m")), isRetryable(undefined), isRetryable(new socketio.ConnectionRefusedError("m"))]).toEqual([true, false, false, false]);
});
