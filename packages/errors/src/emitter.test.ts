import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { Emitter, Subscribable } from "./emitter.js";
import { setErrorReporter } from "./handlers.js";

interface Events {
  readonly message: readonly [text: string, count: number];
  readonly close: readonly [];
}
const create = (onError = vi.fn()) => ({ emitter: new Emitter<Events>({ onError }), onError });

describe("Emitter", () => {
  test("calls listeners in their order, with the arguments and itself as this", () => {
    const { emitter } = create();
    const calls: unknown[] = [];
    emitter.on("message", function (this: unknown, ...args) { calls.push(["first", ...args, this === emitter]); });
    emitter.on("message", (...args) => calls.push(["second", ...args]));
    emitter.prependListener("message", (...args) => calls.push(["zeroth", ...args]));
    expect(emitter.emit("message", "a", 1)).toBe(true);
    expect(calls).toEqual([["zeroth", "a", 1], ["first", "a", 1, true], ["second", "a", 1]]);
  });

  test("tells whether there was a listener", () => {
    const { emitter } = create();
    expect(emitter.emit("close")).toBe(false);
    expect(emitter.once("close", () => {}).emit("close")).toBe(true);
    expect(emitter.emit("close")).toBe(false);
  });

  test("takes any name for an event, those of Object.prototype too", () => {
    const emitter = new Emitter<Record<string, readonly [number]>>();
    const listener = vi.fn();
    for (const event of ["__proto__", "constructor", "toString", "error", ""]) {
      expect(emitter.emit(event, 0)).toBe(false);
      emitter.on(event, listener);
      expect(emitter.emit(event, 1)).toBe(true);
    }
    expect(listener).toHaveBeenCalledTimes(5);
  });

  test("once() calls once, even when it emits again from within", () => {
    const { emitter } = create();
    const listener = vi.fn(() => void emitter.emit("close"));
    emitter.once("close", listener);
    emitter.emit("close");
    expect(listener).toHaveBeenCalledOnce();
    expect(emitter.eventNames()).toEqual([]);
  });

  test("prependOnceListener() is called first, and once", () => {
    const { emitter } = create();
    const calls: string[] = [];
    emitter.on("close", () => calls.push("on")).prependOnceListener("close", () => calls.push("once"));
    emitter.emit("close");
    emitter.emit("close");
    expect(calls).toEqual(["once", "on", "on"]);
  });

  test("off() removes what was added last, once() included; all of an event; all", () => {
    const { emitter } = create();
    const [one, other] = [vi.fn(), vi.fn()];
    emitter.on("close", one).on("close", other).once("close", one);
    expect(emitter.listeners("close")).toEqual([one, other, one]);
    emitter.off("close", one);
    expect(emitter.listeners("close")).toEqual([one, other]);
    emitter.removeListener("close", one).off("close", vi.fn());
    expect([emitter.listenerCount("close"), emitter.hasListeners("close"), emitter.hasListeners("message")]).toEqual([1, true, false]);
    emitter.addListener("message", vi.fn()).off("close");
    expect(emitter.eventNames()).toEqual(["message"]);
    emitter.off();
    expect(emitter.eventNames()).toEqual([]);
    emitter.on("close", one).removeAllListeners("close");
    expect(emitter.hasListeners("close")).toBe(false);
  });

  test("calls those who were there when it began: neither those added meanwhile, nor fewer for those removed", () => {
    const { emitter } = create();
    const calls: string[] = [];
    const last = () => calls.push("last");
    emitter.on("close", () => {
      calls.push("first");
      emitter.off("close", last).on("close", () => calls.push("new"));
    }).on("close", last);
    emitter.emit("close");
    expect(calls).toEqual(["first", "last"]);
    emitter.emit("close");
    expect(calls).toEqual(["first", "last", "first", "new"]);
  });
});

describe("listeners that fail", () => {
  const failure = new Error("listener failed");

  test("neither stop the others nor reach the emitter; onError hears the event", async () => {
    const { emitter, onError } = create();
    const after = vi.fn();
    emitter.on("close", () => { throw failure; }).on("close", async () => Promise.reject(failure)).on("close", after);
    expect(emitter.emit("close")).toBe(true);
    expect(after).toHaveBeenCalledOnce();
    await settle(1);
    expect(onError.mock.calls).toEqual([[failure, { event: "close" }], [failure, { event: "close" }]]);
  });

  test("are reported as a last resort where onError fails, too, sync or async, or is not there", async () => {
    const reported = vi.fn();
    const before = setErrorReporter(reported);
    try {
      const fail = () => { throw failure; };
      new Emitter<Events>({ onError: () => { throw new Error("first"); } }).on("close", fail).emit("close");
      new Emitter<Events>({ onError: () => Promise.reject(new Error("second")) }).on("close", fail).emit("close");
      new Emitter<Events>().on("close", fail).emit("close");
      await settle(1);
      expect(reported.mock.calls.map(([error]: unknown[]) => (error as Error).message).sort()).toEqual(["first", "listener failed", "second"]);
    } finally {
      setErrorReporter(before);
    }
  });
});

test("Subscribable leaves emit() to its subclass", () => {
  class Peer extends Subscribable<Events> {
    readonly sent: unknown[] = [];
    emit(...args: readonly unknown[]): this {
      this.sent.push(args);
      return this;
    }
    receive(text: string): boolean {
      return this.dispatch("message", text, 1);
    }
  }
  const peer = new Peer();
  const listener = vi.fn();
  peer.on("message", listener).emit("message", "out");
  expect([peer.receive("in"), peer.sent, listener.mock.calls]).toEqual([true, [["message", "out"]], [["in", 1]]]);
});

test("a subclass hears of each listener once it is there, however it was added", () => {
  const heard: string[] = [];
  class Peer extends Emitter<Events> {
    protected override listening(event: string): void {
      heard.push(`${event} ${this.listenerCount("close")}`);
    }
  }
  const listener = vi.fn();
  const peer = new Peer().on("close", listener).addListener("close", listener).once("close", listener).prependListener("close", listener).prependOnceListener("close", listener);
  expect(heard).toEqual(["close 1", "close 2", "close 3", "close 4", "close 5"]);
  peer.emit("close");
  peer.off("close", listener).removeAllListeners();
  expect(heard).toHaveLength(5);
});

test("events and their arguments are checked by the compiler", () => {
  const { emitter } = create();
  // @ts-expect-error -- no such event
  emitter.on("nothing", () => {});
  // @ts-expect-error -- the count is missing
  emitter.emit("message", "text");
  emitter.on("message", (text, count) => [text.length, count.toFixed()]);
});
