/** Going out of service without turning anybody away. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { setUp, watch } from "../../test/things.js";

describe("drain()", () => {
  test("serves who waits, nobody new, and closes when all has come back", async () => {
    const { pool, open } = setUp({ maxConnections: 1 });
    const first = await pool.acquire();
    const waiting = watch(pool.acquire());
    const drained = watch(pool.drain().then(() => "done"));
    await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/closed" });
    await settle();
    expect([drained.value, waiting.value, open()]).toEqual([undefined, undefined, 1]);
    first.release();
    await settle();
    expect([drained.value, waiting.value?.isHeld, open()]).toEqual([undefined, true, 1]);
    waiting.value?.release();
    await settle();
    expect([drained.value, open(), pool.stats().total]).toEqual(["done", 0, 0]);
  });

  test("opens connections for who waits, keeps nothing warm, and closes what is idle at once", async () => {
    const { pool, open, things, make } = setUp({ maxConnections: 3, minConnections: 2, maxPerKey: 2, connect: async (context) => {
      await settle(1);
      return make(context);
    } });
    await settle(5);
    expect(open()).toBe(2);
    const waiting = pool.acquire({ key: "late" });
    const drained = pool.drain();
    await settle(5);
    expect(things.filter(({ isOpen }) => isOpen).map(({ key }) => key)).toEqual(["late"]);
    (await waiting).release();
    await drained;
    expect([open(), things.length]).toEqual([0, 3]);
  });

  test("after timeoutMs it closes: who waits is refused, what is lent is taken back", async () => {
    const { pool, clock, open } = setUp({ maxConnections: 1 });
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire());
    const drained = watch(pool.drain({ timeoutMs: 1_000 }).then(() => "done"));
    clock.advance(999);
    await settle();
    expect([lease.isHeld, waiting.error]).toEqual([true, undefined]);
    clock.advance(60);
    await settle();
    expect([lease.isHeld, waiting.error, drained.value, open()]).toMatchObject([false, { code: "pool/closed" }, "done", 0]);
  });

  test("its signal is as if the time were over, also one that has ended already", async () => {
    const { pool, open, clock } = setUp();
    const controller = new AbortController();
    const lease = await pool.acquire();
    const drained = pool.drain({ signal: controller.signal });
    controller.abort();
    clock.advance(60);
    await drained;
    expect([lease.isHeld, open()]).toEqual([false, 0]);
    const other = setUp();
    await other.pool.acquire();
    const draining = other.pool.drain({ signal: controller.signal });
    other.clock.advance(60);
    await draining;
    expect(other.open()).toBe(0);
  });

  test("a borrower who gives up is not waited for; close() ends it sooner; leaves no timer", async () => {
    const { pool, clock, open } = setUp({ maxConnections: 1 });
    const controller = new AbortController();
    const lease = await pool.acquire();
    const waiting = watch(pool.acquire({ signal: controller.signal }));
    const drained = pool.drain();
    controller.abort();
    lease.release();
    await drained;
    expect([waiting.error, open(), clock.pending]).toMatchObject([{ code: "pool/aborted" }, 0, 0]);
    const other = setUp();
    await other.pool.acquire();
    const draining = other.pool.drain();
    void other.pool.close({ timeoutMs: 0 });
    other.clock.advance(60);
    await draining;
    expect([other.open(), other.clock.pending]).toEqual([0, 0]);
  });

  test.each([-1, NaN])("timeoutMs %d is refused", (timeoutMs) => {
    const { pool } = setUp();
    expect(() => pool.drain({ timeoutMs })).toThrow(expect.objectContaining({ code: "pool/invalid-option" }) as Error);
  });
});
