/** What a pool says of itself. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { never, setUp, watch } from "../../test/things.js";

describe("stats()", () => {
  test("counts by key, and everything since the beginning", async () => {
    const { pool, clock } = setUp({ maxConnections: 3 });
    const first = await pool.acquire({ key: "a" });
    await pool.acquire({ key: "a" });
    await pool.acquire({ key: "b" });
    first.release();
    clock.advance(70);
    const stats = pool.stats();
    expect(stats).toMatchObject({ creating: 0, idle: 1, lent: 2, closing: 0, total: 3, leases: 2, waiting: 0, created: 3, acquired: 3, oldestMs: 70 });
    expect([...stats.keys]).toEqual([
      ["a", { creating: 0, idle: 1, lent: 1, closing: 0, waiting: 0 }],
      ["b", { creating: 0, idle: 0, lent: 1, closing: 0, waiting: 0 }],
    ]);
    const again = watch(pool.acquire({ key: "c" })); // the idle one makes room
    await settle();
    expect(again.value).toBeDefined();
    expect(pool.stats()).toMatchObject({ created: 4, acquired: 4, evicted: { room: 1 } });
  });

  test("how long borrowers waited: half, nearly all, the longest", async () => {
    const { pool, clock } = setUp({ maxConnections: 1 });
    const lease = await pool.acquire();
    lease.release();
    for (let n = 0; n < 197; n++) (await pool.acquire()).release();
    const last = await pool.acquire();
    const waiting = pool.acquire();
    clock.advance(400);
    last.release();
    await waiting;
    expect(pool.stats().waits).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 400 });
    const { p99Ms } = await (async () => {
      const slow = setUp({ maxConnections: 1 });
      const held = await slow.pool.acquire();
      const next = slow.pool.acquire();
      slow.clock.advance(100);
      held.release();
      await next;
      return slow.pool.stats().waits;
    })();
    expect(p99Ms).toBe(100);
  });

  test("why resources were closed", async () => {
    const { pool, clock, things } = setUp({ maxConnections: 1, idleTimeoutMs: 100, maxAgeMs: 1_000, maxAgeJitter: 0, maxUses: 2, validate: ({ id }) => id !== 3 });
    (await pool.acquire()).destroy();
    await settle();
    const second = await pool.acquire();
    things[1]?.end();
    second.release();
    await settle();
    (await pool.acquire()).release();
    const fourth = await pool.acquire(); // the third is not valid
    fourth.release();
    await settle();
    clock.advance(200);
    await settle();
    const fifth = await pool.acquire();
    clock.advance(2_000);
    fifth.release();
    await settle();
    (await pool.acquire()).release();
    (await pool.acquire()).release();
    await settle();
    (await pool.acquire()).release();
    await pool.close();
    expect(pool.stats().evicted).toEqual({ destroyed: 1, ended: 1, invalid: 1, idle: 1, age: 1, uses: 1, closed: 1, room: 0, late: 0 });
    expect(pool.stats().created).toBe(7);
  });

  test("who was not served, and why", async () => {
    const { pool, clock } = setUp({ maxConnections: 1, connectTimeoutMs: 50, closeTimeoutMs: 50, onError: () => undefined, connect: never, backoff: { baseMs: 1_000 } });
    const controller = new AbortController();
    const cancelled = watch(pool.acquire({ signal: controller.signal }));
    const timedOut = watch(pool.acquire({ timeoutMs: 100 }));
    const refused = watch(pool.acquire());
    await settle();
    controller.abort();
    clock.advance(150);
    void pool.close();
    await settle();
    expect([cancelled.error, timedOut.error, refused.error]).toMatchObject([{ code: "pool/aborted" }, { code: "pool/exhausted" }, { code: "pool/closed" }]);
    expect(pool.stats()).toMatchObject({ cancelled: 1, timedOut: 1, refused: 1, failedConnects: 1, writtenOff: 1, created: 0, acquired: 0 });
  });
});
