/** Subscribing, sharing, routing, ending. */
import { describe, expect, test } from "vitest";
import { watch } from "../resilient/fake-transport.js";
import { setUp, subscribed, taken } from "./exchange.js";

describe("subscribe()", () => {
  test("opens a connection with the first channel, asks for it, and waits for the answer", async () => {
    const { pool, exchange, pass } = setUp();
    expect(exchange.transport.requests).toEqual([]);
    exchange.manners.acknowledges = false;
    const subscribing = watch(pool.subscribe("btc"));
    await pass();
    expect([exchange.subscribed, subscribing]).toEqual([["btc"], {}]);
    exchange.links[0]?.deliver({ ack: 1 });
    await pass();
    expect(subscribing.value).toMatchObject({ name: "btc", isActive: true });
    expect(pool.stats()).toMatchObject({ channels: 1, subscriptions: 1, pendingRequests: 0, connections: [{ connection: 1, state: "connected", channels: 1 }] });
  });

  test("messages go to the subscriptions of their channel, in order, to loops and to listeners", async () => {
    const it = setUp();
    const btc = await subscribed(it, "btc");
    const eth = await subscribed(it, "eth");
    const heard: number[] = [];
    eth.on("message", ({ data }) => heard.push(data.seq));
    for (const channel of ["btc", "eth", "btc", "eth", "btc"]) it.exchange.publish(channel);
    expect([await taken(btc), heard, await taken(eth)]).toEqual([[1, 2, 3], [1, 2], []]);
    expect(it.pool.stats()).toMatchObject({ routed: 5, unroutable: 0, bufferedBytes: 0 });
  });

  test("the same channel twice is asked for once, and given up with the last of its subscriptions", async () => {
    const it = setUp();
    const one = await subscribed(it, "btc");
    it.exchange.publish("btc");
    const other = await subscribed(it, "btc");
    it.exchange.publish("btc");
    expect([await taken(one), await taken(other), it.exchange.asked.length]).toEqual([[1, 2], [2], 1]);
    await one.close();
    await it.pass();
    expect([it.exchange.subscribed, one.isActive, other.isActive, it.pool.stats().channels]).toEqual([["btc"], false, true, 1]);
    it.exchange.publish("btc");
    expect(await taken(other)).toEqual([3]);
    await other.close();
    await other.close();
    await it.pass();
    expect([it.exchange.subscribed, it.exchange.asked.length, it.pool.stats()]).toMatchObject([[], 2, { channels: 0, subscriptions: 0 }]);
  });
});

describe("a channel that is given up and wanted again", () => {
  test("what the server had sent before it let go is late, not the new subscription's", async () => {
    const it = setUp();
    const before = await subscribed(it, "btc");
    it.exchange.publish("btc");
    await before.close();
    const subscribing = it.pool.subscribe("btc");
    it.exchange.publish("btc"); // the server knows of nothing yet
    await it.pass();
    it.exchange.publish("btc");
    expect([await taken(await subscribing), it.pool.stats().late]).toEqual([[3], 1]);
  });

  test("… also where the server does not acknowledge that it lets go", async () => {
    const it = setUp();
    const before = await subscribed(it, "btc");
    await before.close();
    it.exchange.manners.acknowledges = false;
    const subscribing = it.pool.subscribe("btc");
    await it.pass();
    it.exchange.publish("btc");
    it.exchange.links[0]?.deliver({ ack: 3 });
    it.exchange.publish("btc");
    expect([await taken(await subscribing), it.pool.stats()]).toMatchObject([[2], { late: 1, connections: [{ channels: 1 }] }]);
  });

  test("goes on after a position that the application has kept; one that is held does not", async () => {
    const it = setUp();
    for (let n = 0; n < 3; n++) it.exchange.publish("btc");
    const btc = await subscribed(it, "btc", { after: 1 });
    it.exchange.publish("btc");
    expect([await taken(btc), it.exchange.asked[0]?.channels]).toEqual([[2, 3, 4], [{ channel: "btc", after: 1, positions: {} }]]);
    await expect(it.pool.subscribe("btc", { after: 1 })).rejects.toMatchObject({ code: "pool/invalid-state", currentState: "held" });
  });
});

describe("messages", () => {
  test("that name no channel, or one that nobody holds, are counted and told of", async () => {
    const it = setUp();
    const btc = await subscribed(it, "btc");
    const told: unknown[] = [];
    it.pool.on("unroutable", (payload) => told.push(payload));
    it.exchange.links[0]?.deliver({ hello: 1 }, { channel: 5 }, { channel: "eth", seq: 1 }, { channel: "constructor", seq: 1 }, 7, null);
    expect(told).toEqual([
      { connection: 1, data: { hello: 1 }, channel: undefined, reason: "noChannel" },
      { connection: 1, data: { channel: 5 }, channel: undefined, reason: "noChannel" },
      { connection: 1, data: { channel: "eth", seq: 1 }, channel: "eth", reason: "notSubscribed" },
      { connection: 1, data: { channel: "constructor", seq: 1 }, channel: "constructor", reason: "notSubscribed" },
      expect.objectContaining({ data: 7 }), expect.objectContaining({ data: null }),
    ]);
    expect([it.pool.stats(), await taken(btc)]).toMatchObject([{ unroutable: 6, routed: 0 }, []]);
  });

  test("of a channel that is being given up are late, not unroutable", async () => {
    const it = setUp();
    const btc = await subscribed(it, "btc");
    const all = await subscribed(it, "e*");
    it.exchange.manners.acknowledges = false;
    await Promise.all([btc.close(), all.close()]);
    for (const channel of ["btc", "eth"]) it.exchange.publish(channel);
    expect(it.pool.stats()).toMatchObject({ late: 2, unroutable: 0 });
  });

  test("a pattern gets those of every channel that matches, beside who holds the channel itself", async () => {
    const it = setUp({ maxChannelsPerConnection: 1 });
    const all = await subscribed(it, "*");
    const trades = await subscribed(it, "b*");
    const btc = await subscribed(it, "btc"); // on a connection of its own, as each
    for (const channel of ["btc", "eth", "bnb"]) it.exchange.publish(channel);
    expect([await taken(all), await taken(trades), await taken(btc), it.pool.stats().routed]).toEqual([[1, 1, 1], [1, 1], [1], 6]);
  });

  test("a server that sends a copy for each of a connection's subscriptions: positions tell which came before", async () => {
    const it = setUp();
    const all = await subscribed(it, "b*");
    const btc = await subscribed(it, "btc");
    it.exchange.links[0]?.deliver({ channel: "btc", seq: 1 }, { channel: "btc", seq: 1 });
    expect([await taken(all), await taken(btc), it.pool.stats().duplicates]).toEqual([[1], [1], 2]);
  });

  test("wildcard: another one, or none", async () => {
    const it = setUp({ wildcard: false });
    const literal = await subscribed(it, "b*");
    it.exchange.links[0]?.deliver({ channel: "b*", seq: 1 }, { channel: "btc", seq: 1 });
    expect([await taken(literal), it.pool.stats().unroutable]).toEqual([[1], 1]);
    const other = setUp({ wildcard: "#" });
    const all = await subscribed(other, "b#");
    other.exchange.links[0]?.deliver({ channel: "btc", seq: 3 });
    expect(await taken(all)).toEqual([3]);
  });

  test("a listener may close what it listens to, and subscribe anew; who holds the channel, too, is not disturbed", async () => {
    const it = setUp();
    const one = await subscribed(it, "btc");
    const other = await subscribed(it, "btc");
    const heard: number[] = [];
    one.on("message", ({ data }) => {
      heard.push(data.seq);
      void one.close();
      void it.pool.subscribe("eth");
    });
    for (let n = 0; n < 2; n++) it.exchange.publish("btc");
    await it.pass();
    expect([heard, await taken(other), it.exchange.subscribed]).toEqual([[1], [1, 2], ["btc", "eth"]]);
  });
});

describe("requests", () => {
  test("an object is sent with the channel, the id and the position", async () => {
    const it = setUp({ ackOf: undefined, subscribe: { op: "sub" }, unsubscribe: { op: "unsub" } });
    const btc = await it.pool.subscribe("btc");
    await it.pass();
    it.exchange.links[0]?.deliver({ channel: "btc", seq: 4 });
    it.exchange.links[0]?.close();
    await it.pass(100);
    await btc.close();
    expect(it.exchange.transport.links.map((link) => link.sentData)).toEqual([
      [{ op: "sub", channel: "btc", id: 1 }], [{ op: "sub", channel: "btc", id: 2, after: 4 }, { op: "unsub", channel: "btc", id: 3 }],
    ]);
  });

  test("… with the channels, where a request may name several", async () => {
    const it = setUp({ ackOf: undefined, subscribe: { method: "SUBSCRIBE" }, maxChannelsPerRequest: 10 });
    await Promise.all([it.pool.subscribe("a"), it.pool.subscribe("b"), it.pass()]);
    expect(it.exchange.links[0]?.sentData).toEqual([{ method: "SUBSCRIBE", channels: ["a", "b"], id: 1 }]);
  });
});
