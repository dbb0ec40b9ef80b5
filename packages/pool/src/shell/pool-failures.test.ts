import { settle } from "@x/testkit";
import { ConnectionError as OtherError } from "@x/errors/engineio";
import { setErrorReporter } from "@x/errors/handlers";
import { InvalidStateError, PoolExhaustedError } from "@x/errors/pool";
import { describe, expect, test, vi } from "vitest";
import { setUp, watch, type Thing } from "../../test/things.js";
import type { ConnectContext } from "./options.js";

describe("failures", () => {
  test("are retried, with backoff, until the deadline; the last one is the cause of exhaustion", async () => {
    let attempts = 0;
    const onError = vi.fn();
    const { pool, clock } = setUp({ onError, random: () => 1, connect: () => Promise.reject(new OtherError(`attempt ${++attempts}`)) });
    const waiting = watch(pool.acquire({ timeoutMs: 1_000 }));
    await settle();
    for (let ms = 0; ms < 1_050; ms += 10) {
      clock.advance(10);
      await settle(1);
    }
    expect(waiting.error).toBeInstanceOf(PoolExhaustedError);
    expect(waiting.error).toMatchObject({ cause: { message: "attempt 4" } }); // at 0, 100, 300 and 700 ms
    expect(attempts).toBe(4);
    expect(onError).toHaveBeenCalledTimes(4);
  });

  test("that are hopeless refuse everybody who waits for the key, at once and as they are", async () => {
    const refusal = new OtherError("401", { retryable: false });
    const { pool } = setUp({ maxConnections: 1, connect: () => Promise.reject(refusal) });
    const both = [watch(pool.acquire()), watch(pool.acquire())];
    await settle();
    expect(both.map(({ error }) => error)).toEqual([refusal, refusal]);
    expect(pool.stats()).toMatchObject({ total: 0, waiting: 0 });
  });

  test("of other makers arrive as the cause of an error of the tree, when retryIf gives up on them", async () => {
    const { pool } = setUp({ connect: () => Promise.reject(new TypeError("bad")), retryIf: () => false });
    await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/connection-failed", cause: new TypeError("bad") });
  });

  test("of retryIf itself are reported, and count as no", async () => {
    const [heard, bug]: [unknown[], Error] = [[], new Error("bug")];
    const before = setErrorReporter((error) => heard.push(error));
    try {
      const { pool } = setUp({ connect: () => Promise.reject(new TypeError("bad")), retryIf: () => {
        throw bug;
      } });
      await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/connection-failed", cause: new TypeError("bad") });
      expect([heard, pool.stats().total]).toEqual([[bug], 0]);
    } finally {
      setErrorReporter(before);
    }
  });

  test("of one attempt do not hold up a key whose other attempt succeeds", async () => {
    const answers = [Promise.reject(new Error("once")), Promise.resolve()];
    const { pool, make } = setUp({ connect: (context) => (answers.shift() ?? Promise.resolve()).then(() => make(context)) });
    const both = [watch(pool.acquire()), watch(pool.acquire())];
    await settle();
    expect(both.map(({ value }) => value?.resource.id).sort()).toEqual([1, 2]);
  });

  test("of a check count as no: the resource is closed and another one lent", async () => {
    const onError = vi.fn();
    const { pool, things } = setUp({ onError, validate: (thing) => (thing.id === 1 ? Promise.reject(new Error("dead")) : true) });
    (await pool.acquire()).release();
    expect((await pool.acquire()).resource.id).toBe(2);
    expect(things[0]?.isOpen).toBe(false);
    expect(onError).toHaveBeenCalledWith(new Error("dead"), { operation: "validate", key: "" });
  });

  test("thrown by a check, and by the hook that hears of it, change nothing", async () => {
    const heard: unknown[] = [];
    const before = setErrorReporter((error) => heard.push(error));
    try {
      const hook = (): never => {
        throw new Error("hook");
      };
      const { pool } = setUp({ onError: hook, validate: ({ id }) => {
        if (id === 1) throw new Error("dead");
        return true;
      } });
      (await pool.acquire()).release();
      expect((await pool.acquire()).resource.id).toBe(2);
      expect(heard).toEqual([new Error("hook")]);
    } finally {
      setErrorReporter(before);
    }
  });

  test("of closing are logged when nobody else hears of them", async () => {
    const heard: unknown[] = [];
    const before = setErrorReporter((error) => heard.push(error));
    try {
      const { pool } = setUp({ close: () => Promise.reject(new Error("stuck")) });
      (await pool.acquire()).destroy();
      await settle();
      expect(heard).toEqual([new Error("stuck")]);
      expect(pool.stats().total).toBe(0);
    } finally {
      setErrorReporter(before);
    }
  });
});

describe("a resource that ends by itself", () => {
  test.each([["idle", true], ["lent", false]])("while %s is never lent again", async (_, isIdle) => {
    const { pool, things } = setUp();
    const lease = await pool.acquire();
    if (isIdle) lease.release();
    things[0]?.end();
    lease.release();
    expect((await pool.acquire()).resource.id).toBe(2);
    await settle();
    expect(things[0]?.isOpen).toBe(false);
  });

  test("while it is checked is never lent", async () => {
    let answer: (isFit: boolean) => void = () => undefined;
    const { pool, things } = setUp({ validate: () => new Promise((resolve) => (answer = resolve)) });
    (await pool.acquire()).release();
    const next = watch(pool.acquire());
    things[0]?.end();
    answer(true);
    await settle();
    expect(next.value?.resource.id).toBe(2);
  });
});

describe("AbortSignal", () => {
  test("takes the borrower out of the queue at once and leaves no listener", async () => {
    const { pool } = setUp({ maxConnections: 1, maxWaiting: 1 });
    const lease = await pool.acquire();
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    const reason = new Error("changed my mind");
    const waiting = watch(pool.acquire({ signal: controller.signal }));
    controller.abort(reason);
    await settle();
    expect(waiting.error).toMatchObject({ code: "pool/aborted", cause: reason, retryable: false });
    expect(pool.stats().waiting).toBe(0);
    const next = pool.acquire({ signal: new AbortController().signal });
    lease.release();
    expect((await next).resource.id).toBe(1);
    await expect(pool.acquire({ signal: controller.signal })).rejects.toMatchObject({ code: "pool/aborted" });
    const patient = new AbortController();
    const removeLater = vi.spyOn(patient.signal, "removeEventListener");
    const served = pool.acquire({ signal: patient.signal });
    (await next).release();
    await served;
    expect(removeLater).toHaveBeenCalledTimes(1);
    expect(remove).not.toHaveBeenCalled(); // it fired once and is gone by itself
  });
});

describe("close()", () => {
  test("refuses who waits at once, closes what is idle, and waits for what is lent", async () => {
    const { pool, things } = setUp({ maxConnections: 2 });
    const [kept, idle] = [await pool.acquire({ key: "a" }), await pool.acquire({ key: "b" })];
    const waiting = watch(pool.acquire({ key: "a" }));
    idle.destroy(); // its place is what the borrower waits for
    const closed = watch(pool.close().then(() => "closed"));
    await settle();
    expect(waiting.error).toMatchObject({ code: "pool/closed", stats: { active: 1 } });
    expect(things.map(({ isOpen }) => isOpen)).toEqual([true, false]);
    expect([closed.value, kept.isHeld]).toEqual([undefined, true]);
    kept.release();
    await settle();
    expect([closed.value, things[0]?.isOpen]).toEqual(["closed", false]);
    await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/closed" });
    await expect(pool.close()).resolves.toBeUndefined();
  });

  test("takes back by force what is still lent after timeoutMs", async () => {
    const { pool, clock, open } = setUp();
    const lease = await pool.acquire();
    const closed = watch(pool.close({ timeoutMs: 300 }).then(() => "closed"));
    clock.advance(299);
    await settle();
    expect(lease.isHeld).toBe(true);
    clock.advance(51);
    await settle();
    expect(lease.isHeld).toBe(false);
    expect(() => lease.resource).toThrow(InvalidStateError);
    lease.release();
    expect([closed.value, open(), clock.pending]).toEqual(["closed", 0, 0]);
  });

  test("listeners of an attempt's signal run after it, and may call everything", async () => {
    const states: string[] = [];
    const { pool } = setUp({
      connect: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => {
        states.push(isInside ? "inside" : "outside");
        void pool.close();
        reject(signal.reason as Error);
      })),
    });
    watch(pool.acquire());
    await settle();
    let isInside = true;
    const closed = watch(pool.close().then(() => "closed"));
    isInside = false;
    await settle();
    expect([states, closed.value]).toEqual([["outside"], "closed"]);
  });

  test("aborts attempts; one that comes through after all is closed, not leaked", async () => {
    let finish: (thing: Thing) => void = () => undefined;
    let context: ConnectContext | undefined;
    const { pool, make, open } = setUp({ connect: (given) => ((context = given), new Promise<Thing>((resolve) => (finish = resolve))) });
    const waiting = watch(pool.acquire());
    await settle();
    const closed = watch(pool[Symbol.asyncDispose]().then(() => "closed"));
    await settle();
    expect(context?.signal.aborted).toBe(true);
    expect(waiting.error).toMatchObject({ code: "pool/closed" });
    expect(closed.value).toBeUndefined();
    finish(make(context!));
    await settle();
    expect([closed.value, open()]).toEqual(["closed", 0]);
  });
});
