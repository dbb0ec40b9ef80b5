import { FakeClock, settle } from "@x/testkit";
import { setErrorReporter } from "@x/errors/handlers";
import { CircuitOpenError } from "@x/errors/circuit-breaker";
import { describe, expect, test, vi } from "vitest";
import { never, setUp, watch } from "../../test/things.js";
import { Circuits } from "./circuits.js";

describe("circuit", () => {
  test("opens after so many failures in a row: borrowers of the key are refused at once, others are not", async () => {
    let attempts = 0;
    const { pool, clock, make } = setUp({
      circuit: { failureThreshold: 2, recoveryMs: 1_000 },
      random: () => 0.5,
      connect: (context) => (context.key === "down" && ++attempts < 4 ? Promise.reject(new Error(`attempt ${attempts}`)) : make(context)),
    });
    const waiting = watch(pool.acquire({ key: "down" }));
    for (let turn = 0; turn < 5; turn++) {
      await settle();
      clock.advance(60);
    }
    await settle();
    expect(attempts).toBe(2);
    expect(waiting.error).toBeInstanceOf(CircuitOpenError);
    expect(waiting.error).toMatchObject({ code: "errors/circuit-open", cause: { message: "attempt 2" }, retryable: true });
    await expect(pool.acquire({ key: "down" })).rejects.toThrow(CircuitOpenError);
    expect((await pool.acquire({ key: "up" })).isHeld).toBe(true);
    clock.advance(1_000);
    const probe = watch(pool.acquire({ key: "down" }));
    await settle();
    expect(attempts).toBe(3); // it failed, and the circuit is open again
    clock.advance(300);
    await settle();
    expect(probe.error).toBeInstanceOf(CircuitOpenError);
    clock.advance(1_000);
    expect((await pool.acquire({ key: "down" })).isHeld).toBe(true);
  });

  test("who comes while the one attempt is under way waits for it", async () => {
    let finish: () => void = () => undefined;
    let isDown = true;
    const { pool, clock, make } = setUp({
      circuit: { failureThreshold: 1, recoveryMs: 1_000 },
      connect: (context) => (isDown ? Promise.reject(new Error("down")) : new Promise((resolve) => (finish = () => resolve(make(context))))),
    });
    const first = watch(pool.acquire());
    await settle();
    clock.advance(200);
    await settle();
    expect(first.error).toBeInstanceOf(CircuitOpenError);
    isDown = false;
    clock.advance(1_000);
    const both = [watch(pool.acquire()), watch(pool.acquire())];
    await settle();
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
    finish();
    await settle();
    expect(both[0]?.value?.isHeld).toBe(true);
    both[0]?.value?.release();
    await settle();
    expect(both[1]?.value?.isHeld).toBe(true);
  });

  test("counts an attempt that ignores its signal as failed when its time is over", async () => {
    const { pool, clock } = setUp({ circuit: { failureThreshold: 1 }, connectTimeoutMs: 100, closeTimeoutMs: 100, connect: never, onError: () => undefined });
    const waiting = watch(pool.acquire());
    for (let turn = 0; turn < 8; turn++) {
      await settle();
      clock.advance(100);
    }
    await settle();
    expect(waiting.error).toMatchObject({ code: "errors/circuit-open", cause: { code: "pool/connection-timeout" } });
  });

  test("maxKeys: at the limit all are remembered, one past it the oldest is forgotten; a success is not remembered", async () => {
    const circuits = new Circuits({ failureThreshold: 1, maxKeys: 2 }, new FakeClock(), () => true);
    const { signal } = new AbortController();
    const fail = (key: string): Promise<unknown> => circuits.connect(key, signal, () => Promise.reject(new Error("down"))).catch(() => undefined);
    await fail("a");
    await fail("b");
    await circuits.connect("ok", signal, () => 1).catch(() => undefined);
    expect(circuits.stateOf("b")).toBe("open");
    await fail("c");
    expect([circuits.stateOf("a"), circuits.stateOf("c"), circuits.size <= 2]).toEqual(["closed", "open", true]);
    expect(() => setUp({ circuit: { maxKeys: 0 } })).toThrow(expect.objectContaining({ code: "pool/invalid-option" }));
    expect(() => setUp({ circuit: { failureThreshold: 0 } })).toThrow(expect.objectContaining({ code: "errors/invalid-option" }));
  });
});

describe("reset()", () => {
  test("runs before each lease but the first, before validate, and at the moment of lending", async () => {
    const calls: string[] = [];
    const { pool } = setUp({ reset: ({ id }) => void calls.push(`reset ${id}`), validate: ({ id }) => calls.push(`validate ${id}`) > 0 });
    (await pool.acquire()).release();
    expect(calls).toEqual([]);
    (await pool.acquire()).release();
    expect(calls).toEqual(["reset 1", "validate 1"]);
  });

  test("runs from hand to hand too, and however short a resource was idle", async () => {
    const reset = vi.fn(() => Promise.resolve());
    const validate = vi.fn(() => true);
    const { pool } = setUp({ maxConnections: 1, reset, validate, validateAfterIdleMs: 1_000 });
    const lease = await pool.acquire();
    const next = pool.acquire();
    lease.release();
    expect((await next).resource.id).toBe(1);
    expect([reset.mock.calls.length, validate.mock.calls.length]).toEqual([1, 0]);
  });

  test.each([["throws", () => { throw new Error("no"); }], ["rejects", () => Promise.reject(new Error("no"))]])("that %s closes the resource", async (_, reset) => {
    const { pool, things } = setUp({ reset });
    (await pool.acquire()).release();
    expect((await pool.acquire()).resource.id).toBe(2);
    expect(things[0]?.isOpen).toBe(false);
  });
});

describe("leakWarningMs", () => {
  test("tells once of a lease that is not given back, with the stack of its acquire; not of others", async () => {
    const onError = vi.fn<(error: unknown, context: unknown) => void>();
    const { pool, clock } = setUp({ leakWarningMs: 1_000, maxConnections: 1, onError });
    const first = await pool.acquire();
    async function forgetful(): Promise<void> {
      await pool.acquire({ key: "k" }); // waits first
    }
    const leaking = forgetful();
    clock.advance(900);
    first.release();
    await leaking;
    clock.advance(999);
    expect(onError).not.toHaveBeenCalled();
    clock.advance(60);
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "pool/lease-leaked" }), { operation: "lend", key: "k" });
    expect(((onError.mock.calls[0]?.[0] as Error).cause as Error).stack).toContain("forgetful");
    clock.advance(10_000);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test("is logged when nobody else hears of it", async () => {
    const heard: unknown[] = [];
    const before = setErrorReporter((error) => heard.push(error));
    try {
      const { pool, clock } = setUp({ leakWarningMs: 100 });
      await pool.acquire();
      clock.advance(150);
      expect(heard).toEqual([expect.objectContaining({ code: "pool/lease-leaked" })]);
    } finally {
      setErrorReporter(before);
    }
  });
});
