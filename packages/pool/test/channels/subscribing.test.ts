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
