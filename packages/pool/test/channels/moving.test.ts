/** Channels that go from one connection to another, and connections that come and go with them. */
import { describe, expect, test } from "vitest";
import { watch } from "../resilient/fake-transport.js";
import { setUp, subscribed, taken, type SetUp } from "./exchange.js";

/** Two connections of two, with one channel each. */
async function sparse(options: Parameters<typeof setUp>[0] = {}): Promise<SetUp> {
  const it = setUp({ maxChannelsPerConnection: 2, rebalanceBelow: 0, ...options });
  for (const name of ["a", "b", "c"]) await subscribed(it, name);
  const [, b] = it.pool.subscriptions();
  await b?.close();
  await it.pass();
  expect(it.exchange.links.map((link) => it.exchange.subscribedOn(link))).toEqual([["a"], ["c"]]);
  return it;
}

describe("rebalance()", () => {
  test("packs channels on fewer connections; nothing is lost or doubled, and the empty one is closed", async () => {
    const it = await sparse();
    const [a, c] = it.pool.subscriptions();
    if (a === undefined || c === undefined) throw new Error("two are held");
    for (const name of ["a", "c"]) it.exchange.publish(name);
    expect(it.pool.rebalance()).toBe(1);
    for (const name of ["a", "c"]) it.exchange.publish(name); // on the way
    await it.pass();
    for (const name of ["a", "c"]) it.exchange.publish(name);
    await it.pass();
    expect([await taken(a), await taken(c)]).toEqual([[1, 2, 3], [1, 2, 3]]);
    expect(it.exchange.links.map((link) => it.exchange.subscribedOn(link))).toEqual([["c", "a"]]);
    expect(it.pool.stats()).toMatchObject({ moved: 1, channels: 2 });
    expect(it.pool.rebalance()).toBe(0);
  });

  test("is refused without positions: messages would be lost, or come twice", () => {
    const { pool } = setUp({ positionOf: undefined });
    expect(() => pool.rebalance()).toThrow(expect.objectContaining({ code: "pool/invalid-option" }) as Error);
  });

  test("a channel that the other connection does not get stays where it is, and is told of once", async () => {
    const it = await sparse();
    const errors: unknown[] = [];
    it.pool.on("error", ({ error, connection }) => errors.push([(error as { code?: unknown }).code, connection]));
    it.exchange.manners.refuses = () => true;
    it.pool.rebalance();
    await it.pass();
    expect([errors, it.pool.stats()]).toMatchObject([[["pool/subscription-refused", 2]], { moved: 0, channels: 2 }]);
    it.exchange.manners.refuses = () => false;
    it.exchange.publish("a");
    expect(await taken(it.pool.subscriptions()[0]!)).toEqual([1]);
  });

  test.each(["from", "to"] as const)("the connection that it moves %s is lost meanwhile: it still comes once and in order", async (which) => {
    const it = await sparse();
    const [a] = it.pool.subscriptions();
    it.exchange.publish("a");
    it.pool.rebalance();
    it.exchange.links[which === "from" ? 0 : 1]?.close();
    it.exchange.publish("a");
    await it.pass(100);
    await it.pass(100);
    it.exchange.publish("a");
    await it.pass();
    expect(await taken(a!)).toEqual([1, 2, 3]);
    expect(it.exchange.subscribed).toEqual(["a", "c"]);
  });

  test("a channel that is given up while it moves is given up at both", async () => {
    const it = await sparse();
    it.exchange.manners.acknowledges = false;
    it.pool.rebalance();
    await it.pass();
    expect(it.exchange.subscribed).toEqual(["a", "a", "c"]);
    await it.pool.subscriptions()[0]?.close();
    await it.pass();
    expect(it.exchange.subscribed).toEqual(["c"]);
  });
});

describe("connections", () => {
  test("rebalanceBelow gives them up by itself when channels fill no more than that part of the others", async () => {
    const it = setUp({ maxChannelsPerConnection: 4, rebalanceBelow: 0.5 });
    for (const name of ["a", "b", "c", "d", "e"]) await subscribed(it, name);
    const held = it.pool.subscriptions();
    await held[0]?.close();
    await held[1]?.close();
    await it.pass();
    expect(it.pool.stats().connections.map(({ channels }) => channels)).toEqual([2, 1]); // three are more than half of four
    await held[2]?.close();
    await it.pass();
    await it.pass();
    expect(it.exchange.links.map((link) => it.exchange.subscribedOn(link))).toEqual([["d", "e"]].map((names) => expect.arrayContaining(names) as string[]));
  });

  test("without channels they are closed after idleTimeoutMs, not before, and opened again when somebody subscribes", async () => {
    const it = setUp({ idleTimeoutMs: 1_000 });
    const a = await subscribed(it, "a");
    await a.close();
    await it.pass();
    await it.pass(999);
    expect(it.exchange.links.length).toBe(1);
    await it.pass(1);
    expect([it.exchange.links.length, it.exchange.transport.links[0]?.ended]).toEqual([0, { code: 1000, reason: "" }]);
    it.exchange.transport.links[0]?.answerClose();
    expect((await subscribed(it, "a")).isActive).toBe(true);
  });

  test("that are closing count: the next channel waits until one of them is gone, and one more than fits is refused", async () => {
    const it = setUp({ idleTimeoutMs: 0, maxConnections: 1, maxChannelsPerConnection: 1 });
    await (await subscribed(it, "a")).close();
    await it.pass();
    const waiting = watch(it.pool.subscribe("b"));
    const given = watch(it.pool.subscribe("b", { timeoutMs: 10 }));
    await expect(it.pool.subscribe("c")).rejects.toMatchObject({ code: "pool/too-many-channels" });
    await it.pass(10);
    expect([waiting, given.error, it.exchange.transport.links.length]).toMatchObject([{}, { code: "pool/connection-timeout" }, 1]);
    it.exchange.transport.links[0]?.answerClose();
    await it.pass();
    expect([waiting.value?.isActive, it.exchange.subscribed, it.exchange.transport.links.length]).toEqual([true, ["b"], 2]);
  });

  test("a channel that waits for one takes a place that is free before", async () => {
    const it = setUp({ idleTimeoutMs: 100, maxConnections: 2, maxChannelsPerConnection: 1 });
    const [a, b] = [await subscribed(it, "a"), await subscribed(it, "b")];
    await a.close();
    await it.pass();
    await it.pass(100); // its connection is closing from now on
    const waiting = watch(it.pool.subscribe("c"));
    await b.close();
    await it.pass();
    expect([waiting.value?.isActive, it.exchange.subscribed, it.exchange.transport.links.length]).toEqual([true, ["c"], 2]);
  });

  test("are replaced before they are too old, and the channels with them", async () => {
    const it = setUp({ maxAgeMs: 1_000, maxAgeJitter: 0 });
    const a = await subscribed(it, "a");
    it.exchange.publish("a");
    await it.pass(1_000);
    it.exchange.publish("a"); // comes on both
    await it.pass(1_000);
    it.exchange.publish("a");
    expect([await taken(a), it.pool.stats()]).toMatchObject([[1, 2, 3], { duplicates: 2, connections: [{ renewals: 2 }] }]);
  });

  test("close() ends all of it: loops end, receivers learn why, nothing is left", async () => {
    const it = setUp({ maxChannelsPerConnection: 1 });
    const a = await subscribed(it, "a");
    const b = await subscribed(it, "b");
    const looped = (async () => {
      for await (const tick of a) expect(tick).toBeDefined();
      return "ended";
    })();
    const closed = it.pool.close();
    for (const link of it.exchange.transport.links) link.answerClose();
    await closed;
    expect([await looped, b.isActive, it.clock.pending, it.pool.stats()]).toMatchObject(["ended", false, 0, { channels: 0, subscriptions: 0, connections: [] }]);
    await expect(b.receive()).rejects.toMatchObject({ code: "pool/invalid-state", currentState: "closed" });
    await expect(it.pool.subscribe("c")).rejects.toMatchObject({ code: "pool/invalid-state" });
    await it.pool.close();
    await using empty = setUp().pool;
    expect(empty.stats().connections).toEqual([]);
  });
});
