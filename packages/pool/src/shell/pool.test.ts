import { settle } from "@x/testkit";
import { ConnectionError as OtherError } from "@x/errors/engineio";
import { ConnectionTimeoutError, InvalidStateError, PoolError, PoolExhaustedError, poolCodes } from "@x/errors/pool";
import { describe, expect, test, vi } from "vitest";
import { never, setUp, watch, type Thing } from "../../test/things.js";
import type { ConnectContext } from "./options.js";

describe("Pool", () => {
  test("opens nothing before somebody asks, then lends the last used first", async () => {
    const { pool, things } = setUp();
    expect(things).toEqual([]);
    const [one, two] = [await pool.acquire(), await pool.acquire()];
    expect([one.resource.id, two.resource.id]).toEqual([1, 2]);
    one.release();
    two.release();
    expect((await pool.acquire()).resource.id).toBe(2);
    expect(pool.stats()).toMatchObject({ creating: 0, idle: 1, lent: 1, closing: 0, total: 2, leases: 1, waiting: 0 });
  });

  test("never has more than maxConnections, and serves who waits in order", async () => {
    const { pool, things } = setUp({ maxConnections: 2 });
    const leases = [await pool.acquire(), await pool.acquire()];
    const order: number[] = [];
    const waiting = [1, 2, 3].map((index) => pool.acquire().then((lease) => (order.push(index), lease)));
    expect(pool.stats()).toMatchObject({ lent: 2, waiting: 3 });
    for (const lease of leases) lease.release();
    (await waiting[0]!).release();
    await Promise.all(waiting);
    expect(order).toEqual([1, 2, 3]);
    expect(things.length).toBe(2);
  });

  test("idle connections to other keys count, and make room for who waits", async () => {
    const { pool, things, open } = setUp({ maxConnections: 2 });
    for (const key of ["a", "b", "c", "d"]) (await pool.acquire({ key })).release();
    expect(things.map(({ key }) => key)).toEqual(["a", "b", "c", "d"]);
    expect(open()).toBe(2);
    expect(pool.stats().total).toBe(2);
  });

  test("a younger borrower of a key does not overtake an older one of another", async () => {
    const { pool } = setUp({ maxConnections: 1 });
    const lease = await pool.acquire({ key: "a" });
    const older = watch(pool.acquire({ key: "b" }));
    const younger = watch(pool.acquire({ key: "a" }));
    lease.release();
    await settle();
    expect(older.value?.resource.key).toBe("b");
    expect(younger.value).toBeUndefined();
  });

  test("use after release throws, and giving back again changes nothing", async () => {
    const { pool } = setUp({ maxConnections: 1 });
    const lease = await pool.acquire();
    lease.release();
    expect(lease.isHeld).toBe(false);
    expect(() => lease.resource).toThrow(InvalidStateError);
    expect(() => lease.resource).toThrow(expect.objectContaining({ code: "pool/lease-released", currentState: "released", allowedStates: ["held"] }));
    const next = await pool.acquire();
    lease.release();
    lease.destroy();
    await lease[Symbol.asyncDispose]();
    expect(pool.stats()).toMatchObject({ lent: 1, total: 1 });
    expect(next.isHeld).toBe(true);
  });

  test("await using releases, destroy() closes", async () => {
    const { pool, things } = setUp();
    {
      await using lease = await pool.acquire();
      expect(lease.resource.id).toBe(1);
    }
    expect(pool.stats()).toMatchObject({ idle: 1 });
    (await pool.acquire()).destroy();
    await settle();
    expect(things[0]?.isOpen).toBe(false);
    expect(pool.stats().total).toBe(0);
  });

  test("use() releases after work and after the application's errors, and closes after a transport's", async () => {
    const { pool, things } = setUp();
    expect(await pool.use((thing) => thing.id)).toBe(1);
    await expect(pool.use(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    expect(things.length).toBe(1);
    expect(things[0]?.isOpen).toBe(true);
    await expect(pool.use(() => Promise.reject(new OtherError("lost")))).rejects.toThrow("lost");
    await settle();
    expect(things[0]?.isOpen).toBe(false);
  });
});

describe("one deadline", () => {
  test("covers waiting: PoolExhaustedError tells why", async () => {
    const { pool, clock } = setUp({ maxConnections: 1, acquireTimeoutMs: 500 });
    const lease = await pool.acquire();
    const late = watch(pool.acquire());
    const later = watch(pool.acquire({ timeoutMs: 900 }));
    clock.advance(499);
    await settle();
    expect(late.error).toBeUndefined();
    clock.advance(1);
    await settle();
    expect(late.error).toBeInstanceOf(PoolExhaustedError);
    expect(late.error).toMatchObject({ code: "pool/exhausted", maxConnections: 1, timeoutMs: 500, active: 1, idle: 0, waiting: 1, retryable: true });
    expect(later.error).toBeUndefined();
    lease.release();
    await settle();
    expect(later.value?.resource.id).toBe(1);
  });

  test("covers connecting; what connects late is kept for the next", async () => {
    let finish: (thing: Thing) => void = () => undefined;
    let context: ConnectContext | undefined;
    const { pool, clock, make } = setUp({ connect: (given) => ((context = given), new Promise<Thing>((resolve) => (finish = resolve))) });
    const gaveUp = watch(pool.acquire({ timeoutMs: 100 }));
    await settle();
    clock.advance(100);
    await settle();
    expect(gaveUp.error).toBeInstanceOf(PoolExhaustedError);
    expect(pool.stats()).toMatchObject({ creating: 1, waiting: 0 });
    finish(make(context!));
    await settle();
    expect(pool.stats()).toMatchObject({ idle: 1, total: 1 });
    expect((await pool.acquire()).resource.id).toBe(1);
  });

  test("covers validating", async () => {
    const { pool, clock } = setUp({ maxConnections: 1, validate: never });
    (await pool.acquire()).release();
    const late = watch(pool.acquire({ timeoutMs: 100 }));
    clock.advance(100);
    await settle();
    expect(late.error).toMatchObject({ code: "pool/exhausted" });
  });

  test("acquireTimeoutMs 0 asks only for what is there", async () => {
    const { pool, clock } = setUp({ acquireTimeoutMs: 0 });
    const refused = watch(pool.acquire());
    clock.advance(0);
    await settle();
    expect(refused.error).toMatchObject({ code: "pool/exhausted", timeoutMs: 0 });
    expect((await pool.acquire()).resource.id).toBe(1); // the attempt went on
    expect(() => pool.close({ timeoutMs: -1 })).toThrow(expect.objectContaining({ code: "pool/invalid-option" }));
    await expect(pool.acquire({ timeoutMs: NaN })).rejects.toMatchObject({ code: "pool/invalid-option" });
  });
});

describe("limits", () => {
  test("maxWaiting: at the limit one waits, beyond it one is refused at once", async () => {
    const { pool } = setUp({ maxConnections: 1, maxWaiting: 2 });
    await pool.acquire();
    const waiting = [watch(pool.acquire()), watch(pool.acquire())];
    await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/too-many-waiting", stats: { active: 1, waiting: 2 }, retryable: true });
    expect(waiting.map(({ error }) => error)).toEqual([undefined, undefined]);
  });

  test("maxWaiting 0 still lets a borrower wait for a connection of its own", async () => {
    const { pool } = setUp({ maxConnections: 2, maxWaiting: 0 });
    const both = await Promise.all([pool.acquire(), pool.acquire()]);
    await expect(pool.acquire()).rejects.toMatchObject({ code: "pool/too-many-waiting" });
    both[0].destroy();
    expect((await pool.acquire()).resource.id).toBe(3); // its place is being freed
  });

  test("connectTimeoutMs ends an attempt by its signal; the next one follows", async () => {
    const signals: AbortSignal[] = [];
    const { pool, clock } = setUp({
      connectTimeoutMs: 100,
      acquireTimeoutMs: 10_000,
      connect: ({ signal }) => {
        signals.push(signal);
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      },
    });
    const waiting = watch(pool.acquire());
    await settle();
    clock.advance(99);
    expect(signals[0]?.aborted).toBe(false);
    clock.advance(1);
    await settle(1);
    expect(signals[0]?.reason).toBeInstanceOf(ConnectionTimeoutError);
    for (let turn = 0; turn < 110; turn++) {
      await settle(1);
      clock.advance(100);
    }
    await settle();
    expect(signals.length).toBeGreaterThan(2);
    expect(waiting.error).toMatchObject({ code: "pool/exhausted", cause: { code: "pool/connection-timeout", afterMs: 100 } });
  });

  test("closeTimeoutMs: the place of what does not close is given away, and that is reported", async () => {
    const onError = vi.fn();
    const { pool, clock } = setUp({ maxConnections: 1, closeTimeoutMs: 200, close: never, onError });
    (await pool.acquire()).destroy();
    const next = watch(pool.acquire());
    clock.advance(199);
    await settle();
    expect(next.value).toBeUndefined();
    clock.advance(60);
    await settle();
    expect(next.value?.resource.id).toBe(2);
    expect(onError).toHaveBeenCalledWith(expect.any(PoolError), { operation: "close", key: "" });
  });

  test("idleTimeoutMs evicts, longest idle first, and leaves minIdle", async () => {
    const { pool, clock, things } = setUp({ idleTimeoutMs: 1_000, minIdle: 1 });
    const leases = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    leases[0].release();
    clock.advance(500);
    leases[1].release();
    leases[2].release();
    clock.advance(500);
    await settle();
    expect(things.map(({ isOpen }) => isOpen)).toEqual([false, true, true]);
    clock.advance(5_000);
    await settle();
    expect(things.map(({ isOpen }) => isOpen)).toEqual([false, false, true]);
    expect(pool.stats()).toMatchObject({ idle: 1, total: 1 });
  });

  test("without idle connections, waiters or attempts no timer runs", async () => {
    const { pool, clock } = setUp();
    const lease = await pool.acquire();
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
    lease.destroy();
    await settle();
    clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });
});

test("every code that the pool uses is in the table of its family", () => {
  for (const code of ["pool/exhausted", "pool/too-many-waiting", "pool/closed", "pool/aborted", "pool/invalid-option", "pool/lease-released", "pool/connection-failed"]) {
    expect(poolCodes).toHaveProperty([code]);
  }
});
