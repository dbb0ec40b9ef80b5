import { settle } from "@x/testkit";
import { setErrorReporter } from "@x/errors/handlers";
import { describe, expect, test } from "vitest";
import { setUp, watch } from "../../test/things.js";

describe("warm()", () => {
  test("opens what is missing, and resolves when it is there; borrowers find it", async () => {
    const { pool, things } = setUp();
    const lease = await pool.acquire({ key: "a" });
    await pool.warm(3, { key: "a" });
    expect(things.map(({ key }) => key)).toEqual(["a", "a", "a"]);
    expect(pool.stats()).toMatchObject({ idle: 2, lent: 1 });
    await pool.warm(3, { key: "a" });
    expect(things.length).toBe(3);
    lease.release();
  });

  test("closes nothing of another key, and tells at the deadline that there is no room", async () => {
    const { pool, clock, open } = setUp({ maxConnections: 2 });
    (await pool.acquire({ key: "a" })).release();
    const warming = watch(pool.warm(2, { key: "b", timeoutMs: 100 }));
    clock.advance(99);
    await settle();
    expect(warming.error).toBeUndefined();
    clock.advance(1);
    await settle();
    expect(warming.error).toMatchObject({ code: "pool/exhausted", timeoutMs: 100 });
    expect(open()).toBe(2);
  });

  test("ends with the caller's signal, with the pool, and with a hopeless failure", async () => {
    const { pool } = setUp({ connect: ({ key }) => (key === "bad" ? Promise.reject(new Error("no")) : new Promise(() => undefined)), retryIf: () => false });
    const controller = new AbortController();
    const aborted = watch(pool.warm(1, { signal: controller.signal }));
    const closed = watch(pool.warm(1, { signal: new AbortController().signal }));
    const hopeless = watch(pool.warm(1, { key: "bad" }));
    controller.abort();
    await settle();
    expect(aborted.error).toMatchObject({ code: "pool/aborted" });
    expect(hopeless.error).toMatchObject({ code: "pool/connection-failed" });
    void pool.close({ timeoutMs: 0 });
    await settle();
    expect(closed.error).toMatchObject({ code: "pool/closed" });
    await expect(pool.warm(1)).rejects.toMatchObject({ code: "pool/closed" });
    await expect(pool.warm(1, { signal: controller.signal })).rejects.toMatchObject({ code: "pool/aborted" });
  });

  test.each([[2, undefined], [3, "pool/invalid-option"], [-1, "pool/invalid-option"]])("of %i with maxPerKey 2", async (count, code) => {
    const { pool } = setUp({ maxPerKey: 2 });
    const warming = watch(pool.warm(count));
    await settle();
    expect((warming.error as { code?: string } | undefined)?.code).toBe(code);
  });
});

describe("minConnections", () => {
  test("are opened before anybody asks, to the default key, and again when they end", async () => {
    const { pool, things } = setUp({ minConnections: 2, defaultKey: "home" });
    await settle();
    expect(things.map(({ key }) => key)).toEqual(["home", "home"]);
    things[0]?.end();
    await settle();
    expect(pool.stats()).toMatchObject({ idle: 2, total: 2 });
    expect((await pool.acquire()).resource.key).toBe("home");
  });

  test("give way to borrowers of other keys, and come back afterwards", async () => {
    const { pool, things } = setUp({ minConnections: 1, maxConnections: 1 });
    await settle();
    const lease = await pool.acquire({ key: "b" });
    expect(things.map(({ key }) => key)).toEqual(["", "b"]);
    lease.destroy();
    await settle();
    expect(things.map(({ key }) => key)).toEqual(["", "b", ""]);
  });
});

test("maxAgeMs is shortened by a random part of at most maxAgeJitter", async () => {
  const { pool, clock, open } = setUp({ maxAgeMs: 1_000, maxAgeJitter: 0.5, random: () => 0.8 });
  (await pool.acquire()).release();
  clock.advance(599);
  await settle();
  expect(open()).toBe(1);
  clock.advance(1);
  await settle();
  expect(open()).toBe(0);
});

test("acquire({ priority }) goes before lower ones, and must be a number", async () => {
  const { pool } = setUp({ maxConnections: 1 });
  const lease = await pool.acquire();
  const [low, high] = [watch(pool.acquire({ signal: new AbortController().signal })), watch(pool.acquire({ priority: 1 }))];
  lease.release();
  await settle();
  expect([low.value, high.value?.isHeld]).toEqual([undefined, true]);
  await expect(pool.acquire({ priority: NaN })).rejects.toMatchObject({ code: "pool/invalid-option" });
});

describe("leasesPerConnection", () => {
  test("several borrowers hold one connection, up to the limit and not beyond", async () => {
    const { pool, things } = setUp({ maxConnections: 1, leasesPerConnection: 2 });
    const [one, two] = await Promise.all([pool.acquire(), pool.acquire()]);
    expect([one.resource, things.length]).toEqual([two.resource, 1]);
    expect(pool.stats()).toMatchObject({ lent: 1, leases: 2, total: 1 });
    const third = watch(pool.acquire());
    await settle();
    expect(third.value).toBeUndefined();
    one.release();
    await settle();
    expect(third.value?.resource.id).toBe(1);
    expect([one.isHeld, two.isHeld]).toEqual([false, true]);
  });

  test("destroy() lends it to nobody else, and closes it when the last is done", async () => {
    const { pool, things } = setUp({ leasesPerConnection: 3 });
    const [one, two] = await Promise.all([pool.acquire(), pool.acquire()]);
    one.destroy();
    expect(two.resource.id).toBe(1);
    expect((await pool.acquire()).resource.id).toBe(2);
    expect(things[0]?.isOpen).toBe(true);
    two.release();
    await settle();
    expect(things[0]?.isOpen).toBe(false);
  });
});

describe("pick", () => {
  test("roundRobin uses all in turn", async () => {
    const { pool } = setUp({ pick: "roundRobin" });
    await pool.warm(3);
    const ids: number[] = [];
    for (let turn = 0; turn < 6; turn++) await pool.use(({ id }) => void ids.push(id));
    expect(ids.slice(0, 3).sort()).toEqual([1, 2, 3]);
    expect(ids.slice(3)).toEqual(ids.slice(0, 3));
  });

  test("leastLoaded spreads leases, over new connections only when the others are full", async () => {
    const { pool } = setUp({ pick: "leastLoaded", leasesPerConnection: 2, maxConnections: 3 });
    await pool.warm(2);
    const ids = (await Promise.all([1, 2, 3, 4, 5].map(() => pool.acquire()))).map(({ resource }) => resource.id);
    expect(ids.slice(0, 2).sort()).toEqual([1, 2]);
    expect(ids.slice(2, 4).sort()).toEqual([1, 2]);
    expect(ids[4]).toBe(3);
  });

  test("a function that throws or answers nonsense counts as the first; another name is refused", async () => {
    const heard: unknown[] = [];
    const before = setErrorReporter((error) => heard.push(error));
    try {
      const answers = [(): number => 99, (): never => { throw new Error("mine"); }];
      const { pool } = setUp({ pick: () => answers.shift()?.() ?? 0 });
      await pool.warm(2);
      const first = await pool.acquire();
      expect(first.resource.id).toBe(1);
      first.release(); // behind the other now
      expect((await pool.acquire()).resource.id).toBe(2);
      expect(heard).toEqual([new Error("mine")]);
    } finally {
      setErrorReporter(before);
    }
    expect(() => setUp({ pick: "random" as "roundRobin" })).toThrow(expect.objectContaining({ code: "pool/invalid-option" }));
  });
});
