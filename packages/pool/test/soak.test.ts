/**
 * Ten thousand leases under random faults on a clock moved by hand, and some hundred on real sockets: none is lost, nobody
 * is forgotten, nothing stays open.
 */
import { FakeClock, seededRandom, settle } from "@x/testkit";
import { serve, type WebSocketConnection } from "@x/simple-ws/server";
import { expect, test } from "vitest";
import { webSocketPool } from "../src/simple-ws.js";
import { Pool } from "../src/shell/pool.js";

test.each([1, 3])("10,000 leases under random faults, %i per connection", async (leasesPerConnection) => {
  const random = seededRandom(7);
  const chance = (part: number): boolean => random() < part;
  const clock = new FakeClock();
  const open = new Set<object>();
  const pool = new Pool<{ readonly end: () => void }>({
    clock, random, maxConnections: 8, maxPerKey: 4, maxWaiting: 1_000, minConnections: 1, leasesPerConnection, maxAgeMs: 5_000, maxUses: 50, idleTimeoutMs: 300,
    connectTimeoutMs: 100, closeTimeoutMs: 100, backoff: { baseMs: 5, capMs: 20 }, pick: leasesPerConnection > 1 ? "powerOfTwo" : "lastUsed", onError: () => undefined,
    async connect({ ended, signal }) {
      if (chance(0.1)) await new Promise((resolve) => signal.addEventListener("abort", resolve)); // comes through too late
      if (chance(0.1)) throw new Error("refused");
      const thing = { end: ended };
      open.add(thing);
      return thing;
    },
    close: (thing) => void open.delete(thing),
    validate: () => chance(0.95),
    reset: () => Promise.resolve(),
  });
  const ends = { lent: 0, refused: 0 };
  const borrow = async (): Promise<void> => {
    const controller = new AbortController();
    if (chance(0.05)) void Promise.resolve().then(() => controller.abort());
    try {
      const lease = await pool.acquire({ key: chance(0.5) ? "" : "b", priority: chance(0.1) ? 1 : 0, timeoutMs: 1_000, signal: controller.signal });
      expect(open.has(lease.resource)).toBe(true);
      ends.lent += 1;
      if (chance(0.05)) lease.resource.end();
      await settle(1);
      if (chance(0.05)) lease.destroy();
      else lease.release();
    } catch {
      ends.refused += 1;
    }
  };
  for (let round = 0; round < 100; round++) {
    const all = Promise.all(Array.from({ length: 100 }, borrow)).then(() => true);
    for (let isDone = false; !isDone;) {
      await settle(5);
      clock.advance(10);
      isDone = await Promise.race([all, settle(1).then(() => false)]);
    }
    expect(pool.stats()).toMatchObject({ leases: 0, lent: 0, waiting: 0 });
    expect(pool.stats().total).toBeLessThanOrEqual(8);
  }
  expect(ends.lent + ends.refused).toBe(10_000);
  expect(ends.lent).toBeGreaterThan(8_000);
  const closed = pool.close({ timeoutMs: 0 }).then(() => true);
  for (let isDone = false; !isDone;) {
    clock.advance(50);
    isDone = await Promise.race([closed, settle(5).then(() => false)]);
  }
  await settle();
  expect([open.size, pool.stats().total]).toEqual([0, 0]);
});

test("300 leases of real connections, some of which the server cuts: each answer is the borrower's own", async () => {
  const random = seededRandom(3);
  const connections = new Set<WebSocketConnection>();
  await using server = await serve({
    port: 0,
    host: "127.0.0.1",
    onConnection: (connection) => {
      connections.add(connection);
      connection.attach({
        onMessage: (data) => {
          if (random() < 0.05) connection.terminate();
          else void connection.send(data);
        },
        onClose: () => void connections.delete(connection),
      });
    },
  });
  const pool = webSocketPool(`ws://127.0.0.1:${server.port}`, { maxConnections: 5, maxWaiting: 1_000, backoff: { baseMs: 1 } });
  let [own, cut] = [0, 0];
  await Promise.all(Array.from({ length: 300 }, async (_, index) => {
    try {
      await pool.use("", async (connection) => {
        await connection.send(`message ${index}`);
        expect(await connection.receive({ timeoutMs: 30_000 })).toBe(`message ${index}`);
      }, { timeoutMs: 30_000 });
      own += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: "pool/connection-closed" });
      cut += 1;
    }
  }));
  expect(own + cut).toBe(300);
  expect(own).toBeGreaterThan(200);
  await pool.close();
  await expect.poll(() => connections.size).toBe(0);
  expect(pool.stats()).toMatchObject({ total: 0, leases: 0, waiting: 0 });
});
