/** Every limit of a channel pool: at it, and one past it. */
import { describe, expect, test } from "vitest";
import { failure, watch } from "../resilient/fake-transport.js";
import { setUp, subscribed, taken, type SetUp } from "./exchange.js";

async function refused({ pool, pass }: SetUp, channel: string): Promise<unknown> {
  const refusing = failure(pool.subscribe(channel));
  await pass();
  return await refusing;
}

const tooMany = { name: "JetSocketError", code: "pool/too-many-channels", retryable: true };

describe("channels", () => {
  test("maxChannels in all; a channel that is held already is no further one", async () => {
    const it = setUp({ maxChannels: 2 });
    const one = await subscribed(it, "a");
    await subscribed(it, "b");
    await subscribed(it, "a");
    expect(await refused(it, "c")).toMatchObject(tooMany);
    await Promise.all(it.pool.subscriptions().filter(({ name }) => name === "a").map((subscription) => subscription.close()));
    expect(one.isActive).toBe(false);
    expect((await subscribed(it, "c")).isActive).toBe(true);
  });

  test("maxChannelsPerConnection: the next opens a connection; maxConnections: the next is refused", async () => {
    const it = setUp({ maxChannelsPerConnection: 2, maxConnections: 2 });
    for (const name of ["a", "b", "c", "d"]) await subscribed(it, name);
    expect(it.exchange.links.map((link) => it.exchange.subscribedOn(link))).toEqual([["a", "b"], ["c", "d"]]);
    expect(await refused(it, "e")).toMatchObject(tooMany);
  });

  test("maxPatterns among them", async () => {
    const it = setUp({ maxPatterns: 1 });
    await subscribed(it, "a*");
    expect(await refused(it, "b*")).toMatchObject(tooMany);
    await subscribed(it, "b");
  });

  test("maxChannelLength: of a name that is subscribed to, and in a message", async () => {
    const it = setUp({ maxChannelLength: 4 });
    const four = await subscribed(it, "four");
    expect(await refused(it, "fiver")).toMatchObject({ code: "pool/invalid-option" });
    expect(await refused(it, "")).toMatchObject({ code: "pool/invalid-option" });
    const all = await subscribed(it, "f*");
    const told: unknown[] = [];
    it.pool.on("unroutable", ({ channel, reason }) => told.push([channel, reason]));
    it.exchange.publish("four");
    it.exchange.publish("fiver");
    expect([await taken(four), await taken(all), told]).toEqual([[1], [1], [["fiver", "noChannel"]]]);
  });

  test.each([
    { maxChannels: 0 }, { maxChannels: 1.5 }, { maxConnections: 0 }, { maxChannelsPerConnection: 0 }, { maxPendingRequests: 0 }, { ackTimeoutMs: 0 }, { rebalanceBelow: 1.1 },
    { subscribeTimeoutMs: 0 }, { maxChannelsPerRequest: 0 }, { maxRequestsPerBatch: 0 }, { batchIntervalMs: -1 }, { idleTimeoutMs: -1 }, { positionWindow: 0 }, { maxBufferedBytes: 0 },
    { maxPatterns: -1 }, { maxChannelLength: 0 }, { buffer: 0 }, { buffer: { policy: "conflate" } as const }, { connectTimeoutMs: 0 },
  ])("%o is refused", (options) => {
    expect(() => setUp(options)).toThrow(expect.objectContaining({ code: "pool/invalid-option" }) as Error);
  });
});

describe("what waits to be taken", () => {
  test("buffer: at the limit all of it, beyond it an error stands where messages are missing", async () => {
    const it = setUp({ buffer: 2 });
    const btc = await subscribed(it, "btc");
    const overflows: unknown[] = [];
    btc.on("bufferOverflow", (payload) => overflows.push(payload));
    for (let n = 0; n < 2; n++) it.exchange.publish("btc");
    expect([await taken(btc), overflows]).toEqual([[1, 2], []]);
    for (let n = 0; n < 4; n++) it.exchange.publish("btc");
    expect((await btc.receive())?.seq).toBe(3);
    expect((await btc.receive())?.seq).toBe(4);
    expect(await failure(btc.receive())).toMatchObject({ code: "pool/buffer-overflow", capacity: 2, dropped: 2 });
    expect(overflows).toEqual([{ capacity: 2, droppedCount: 1, policy: "error" }]);
    expect(btc.stats()).toMatchObject({ received: 6, dropped: 2, buffered: 0 });
  });

  test("each subscription has a policy of its own", async () => {
    const it = setUp({ buffer: { capacity: 2, policy: "dropOldest" } });
    const oldest = await subscribed(it, "btc");
    const newest = await subscribed(it, "btc", { buffer: { capacity: 2, policy: "dropNewest" } });
    const latest = await subscribed(it, "btc", { buffer: { capacity: 2, policy: "conflate", keyOf: ({ channel }) => channel } });
    for (let n = 0; n < 3; n++) it.exchange.publish("btc");
    expect([await taken(oldest), await taken(newest), await taken(latest)]).toEqual([[2, 3], [1, 2], [3]]);
    expect(latest.stats()).toMatchObject({ conflated: 2, dropped: 0 });
  });

  test("pause holds up the connection, and no other, until half is taken or it is closed", async () => {
    const it = setUp({ maxChannelsPerConnection: 2 });
    const slow = await subscribed(it, "slow", { buffer: { capacity: 2, policy: "pause" } });
    const beside = await subscribed(it, "beside");
    const elsewhere = await subscribed(it, "elsewhere");
    for (let n = 0; n < 3; n++) for (const name of ["slow", "beside", "elsewhere"]) it.exchange.publish(name);
    expect([it.exchange.links.map(({ isReading }) => isReading), await taken(beside), await taken(elsewhere)]).toEqual([[false, true], [1], [1, 2, 3]]);
    expect((await slow.receive())?.seq).toBe(1);
    expect(await taken(beside)).toEqual([2]); // and then came the next of the slow one
    it.exchange.publish("slow");
    expect(it.exchange.links[0]?.isReading).toBe(false);
    await slow.close();
    expect(it.exchange.links[0]?.isReading).toBe(true);
  });

  test("maxBufferedBytes for all subscriptions together; what nobody can take any more does not count", async () => {
    const bytes = JSON.stringify({ channel: "a", seq: 1 }).length;
    const it = setUp({ maxBufferedBytes: 3 * bytes, buffer: { policy: "dropOldest" } });
    const [a, b] = [await subscribed(it, "a"), await subscribed(it, "b")];
    it.exchange.publish("a");
    it.exchange.publish("a");
    it.exchange.publish("b");
    expect([it.pool.stats().bufferedBytes, a.stats().dropped, b.stats().dropped]).toEqual([3 * bytes, 0, 0]);
    it.exchange.publish("b"); // it makes room where it can: among its own
    it.exchange.publish("a");
    expect([await taken(b), a.stats().dropped, it.pool.stats().bufferedBytes]).toEqual([[2], 1, 2 * bytes]);
    await a.close();
    expect(it.pool.stats().bufferedBytes).toBe(0);
    it.exchange.publish("b");
    it.exchange.links[0]?.close(1000);
    await it.pass();
    expect([b.isActive, b.stats().buffered, it.pool.stats().bufferedBytes]).toEqual([false, 1, 0]);
  });

  test("one that holds everything: a newcomer has no room, whatever its policy", async () => {
    const bytes = JSON.stringify({ channel: "a", seq: 1 }).length;
    const it = setUp({ maxBufferedBytes: bytes, buffer: { policy: "dropOldest" } });
    await subscribed(it, "a");
    const b = await subscribed(it, "b");
    const paused = await subscribed(it, "p", { buffer: { policy: "pause" } });
    it.exchange.publish("a");
    it.exchange.publish("b");
    expect([b.stats().dropped, b.stats().buffered]).toEqual([1, 0]);
    it.exchange.publish("p"); // it takes what was under way, and asks for no more
    expect([await taken(paused), it.exchange.links[0]?.isReading]).toEqual([[1], true]);
  });
});

describe("subscribe()", () => {
  test("timeoutMs is one deadline; signal gives up at once, also before; both leave nothing", async () => {
    const it = setUp();
    it.exchange.transport.answers = ["hang"];
    const controller = new AbortController();
    const late = failure(it.pool.subscribe("a", { timeoutMs: 500 }));
    const aborted = failure(it.pool.subscribe("b", { signal: controller.signal }));
    await it.pass(499);
    controller.abort(new Error("mine"));
    expect(await aborted).toMatchObject({ code: "pool/aborted", cause: new Error("mine") });
    expect(await failure(it.pool.subscribe("c", { signal: controller.signal }))).toMatchObject({ code: "pool/aborted" });
    await it.pass(1);
    expect(await late).toMatchObject({ code: "pool/connection-timeout", operation: "subscribe", afterMs: 500 });
    expect(it.pool.stats()).toMatchObject({ channels: 0, subscriptions: 0 });
    expect(await failure(it.pool.subscribe("d", { timeoutMs: 0 }))).toMatchObject({ code: "pool/invalid-option" });
    await it.pass(30_000); // the connection that nobody wants is given up
    expect(it.pool.stats().connections).toEqual([]);
    expect(it.clock.pending).toBe(0);
  });

  test("maxReceivers wait for messages of one subscription", async () => {
    const it = setUp({ maxReceivers: 1 });
    const btc = await subscribed(it, "btc");
    const waiting = watch(btc.receive());
    expect(await failure(btc.receive())).toMatchObject({ code: "pool/too-many-receivers" });
    it.exchange.publish("btc");
    await it.pass();
    expect(waiting.value).toMatchObject({ seq: 1 });
  });
});
