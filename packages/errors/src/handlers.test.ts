import { settle } from "@x/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { callSafely, contained, reportHandlerError, setErrorReporter, withErrorHandling, wrapHandler, type OnError } from "./handlers.js";

const failure = new Error("handler failed");
const fail = (): number => { throw failure; };
const reject = (): Promise<number> => Promise.reject(failure);
const reported = vi.fn<OnError>();
let before: OnError;

beforeEach(() => {
  reported.mockReset();
  before = setErrorReporter(reported);
});
afterEach(() => void setErrorReporter(before));

describe("callSafely()", () => {
  test("returns what the function returns, with its arguments", async () => {
    expect(callSafely((a: number, b: number) => a + b, [1, 2])).toBe(3);
    expect(await callSafely(async (a: number) => Promise.resolve(a), [1])).toBe(1);
  });

  test("hands what is thrown to onError, and returns undefined", () => {
    const onError = vi.fn();
    expect(callSafely(fail, [], onError)).toBeUndefined();
    expect(onError.mock.calls).toEqual([[failure]]);
  });

  test("hands what is rejected with to onError, and resolves to undefined", async () => {
    const onError = vi.fn();
    expect(await callSafely(reject, [], onError)).toBeUndefined();
    expect(onError.mock.calls).toEqual([[failure]]);
  });

  test("reports as a last resort where nobody takes it, and what onError fails with, sync or async", async () => {
    callSafely(fail, []);
    expect(reported.mock.calls[0]?.[0]).toBe(failure);
    callSafely(fail, [], () => { throw new Error("first"); });
    callSafely(fail, [], () => Promise.reject(new Error("second")));
    await settle(1);
    expect(reported.mock.calls.slice(1).map(([error]) => (error as Error).message)).toEqual(["first", "second"]);
  });

  test("waits for anything that can be awaited", async () => {
    const thenable = { then: (_: unknown, reject: (error: unknown) => void) => reject(failure) };
    const onError = vi.fn();
    callSafely(() => thenable, [], onError);
    await settle(1);
    expect(onError).toHaveBeenCalledWith(failure);
  });
});

describe("wrapHandler()", () => {
  test("makes a handler that never throws, and tells onError the arguments", () => {
    const onError = vi.fn();
    const handler = wrapHandler((sid: string, data: number) => {
      if (data > 1) throw failure;
      return `${sid}${data}`;
    }, onError);
    expect([handler("a", 1), handler("b", 2)]).toEqual(["a1", undefined]);
    expect(onError.mock.calls).toEqual([[failure, "b", 2]]);
  });

  test("makes an async handler that never rejects", async () => {
    const onError = vi.fn();
    expect(await wrapHandler((_: string) => reject(), onError)("a")).toBeUndefined();
    expect(onError.mock.calls).toEqual([[failure, "a"]]);
  });
});

describe("contained()", () => {
  test("hands on, and reports what onError fails with, sync or async", async () => {
    const context = { event: "message" };
    const heard = vi.fn();
    contained(heard)(failure, context);
    expect(heard.mock.calls).toEqual([[failure, context]]);
    contained(() => { throw new Error("first"); })(failure, context);
    contained(() => Promise.reject(new Error("second")))(failure, context);
    await settle(1);
    expect(reported.mock.calls.map(([error]) => (error as Error).message)).toEqual(["first", "second"]);
  });

  test("of nothing is the last resort itself", () => {
    expect(contained(undefined)).toBe(reportHandlerError);
  });
});

describe("withErrorHandling()", () => {
  const context = { event: "message", client: "client-1" };

  test("returns the value", async () => {
    expect(withErrorHandling(context, () => 1)).toBe(1);
    expect(await withErrorHandling(context, async () => Promise.resolve(2))).toBe(2);
    expect(reported).not.toHaveBeenCalled();
  });

  test("reports with the context and goes on", async () => {
    const onError = vi.fn();
    expect(withErrorHandling(context, fail, { onError })).toBeUndefined();
    expect(await withErrorHandling(context, reject, { onError })).toBeUndefined();
    expect(onError.mock.calls).toEqual([[failure, context], [failure, context]]);
    withErrorHandling(context, fail);
    expect(reported.mock.calls).toEqual([[failure, context]]);
  });

  test("rethrows where it shall, after reporting", async () => {
    const onError = vi.fn();
    expect(() => withErrorHandling(context, fail, { onError, rethrow: true })).toThrow(failure);
    await expect(withErrorHandling(context, () => Promise.reject(failure), { onError, rethrow: (error) => error === failure })).rejects.toBe(failure);
    expect(withErrorHandling(context, fail, { onError, rethrow: () => false })).toBeUndefined();
    expect(onError).toHaveBeenCalledTimes(3);
  });
});

describe("reportHandlerError()", () => {
  test("writes one entry to console.error by default", () => {
    setErrorReporter(before);
    const spy = vi.spyOn(console, "error").mockImplementation(() => {});
    reportHandlerError(failure, { event: "message" });
    reportHandlerError(failure);
    expect(spy.mock.calls).toEqual([["@x: a handler failed (message):", failure], ["@x: a handler failed:", failure]]);
    spy.mockRestore();
  });

  test("never throws: a reporter that fails is itself reported to the console", async () => {
    const spy = vi.spyOn(console, "error").mockImplementation(() => {});
    setErrorReporter(() => { throw new Error("first"); });
    reportHandlerError(failure);
    setErrorReporter(() => Promise.reject(new Error("second")));
    reportHandlerError(failure);
    await settle(1);
    expect(spy.mock.calls.map(([, error]) => (error as Error).message)).toEqual(["first", "second"]);
    spy.mockRestore();
  });
});
