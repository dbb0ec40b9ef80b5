/** JetSocket's Multiplex as it is documented, translated; and its faults that are not here. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { ChannelPool, type ChannelPoolOptions } from "../../src/channels.js";
import { FakeTransport, type FakeLink } from "../resilient/fake-transport.js";

interface Message {
  readonly stream?: string;
  readonly price?: number;
}

interface Multiplex {
  readonly mux: ChannelPool<Message>;
  readonly server: () => FakeLink;
}

/** `Multiplex(uri, channel_key="stream", subscribe_msg=…, unsubscribe_msg=…)` */
function multiplex(options: Partial<ChannelPoolOptions<Message>> = {}): Multiplex {
  const transport = new FakeTransport();
  const mux = new ChannelPool<Message>("wss://stream.example.com/ws", {
    transport,
    channelOf: "stream",
    subscribe: ({ channel }) => ({ method: "SUBSCRIBE", params: [channel] }),
    unsubscribe: ({ channel }) => ({ method: "UNSUBSCRIBE", params: [channel] }),
    reconnect: { jitter: 0, baseMs: 0 },
    ...options,
  });
  return { mux, server: () => transport.last };
}

describe("as documented", () => {
  test("two channels over one connection, each with its own loop", async () => {
    const { mux, server } = multiplex();
    const btc = await mux.subscribe("btcusdt@trade");
    const eth = await mux.subscribe("ethusdt@trade");
    expect(server().sentData).toEqual([{ method: "SUBSCRIBE", params: ["btcusdt@trade"] }, { method: "SUBSCRIBE", params: ["ethusdt@trade"] }]);
    server().deliver({ stream: "ethusdt@trade", price: 2 }, { stream: "btcusdt@trade", price: 1 }, { stream: "ethusdt@trade", price: 3 });
    const prices: Record<string, unknown[]> = {};
    for (const [name, subscription, count] of [["btc", btc, 1], ["eth", eth, 2]] as const) {
      const seen: unknown[] = (prices[name] = []);
      for await (const { price } of subscription) {
        seen.push(price);
        if (seen.length === count) break;
      }
    }
    expect(prices).toEqual({ btc: [1], eth: [2, 3] });
  });

  test("a channel extractor, recv() with a timeout, unsubscribe, statistics", async () => {
    const { mux, server } = multiplex({ channelOf: (message) => message.stream?.split("@")[0] });
    const btc = await mux.subscribe("btc");
    expect(await btc.receive({ timeoutMs: 0 })).toBe(null);
    server().deliver({ stream: "btc@trade", price: 1 });
    expect(await btc.receive()).toEqual({ stream: "btc@trade", price: 1 });
    expect([mux.subscriptions().map(({ name, isActive }) => [name, isActive]), btc.stats()]).toMatchObject([[["btc", true]], { channel: "btc", received: 1, buffered: 0 }]);
    await btc.close();
    expect([mux.subscriptions(), server().sentData.at(-1)]).toEqual([[], { method: "UNSUBSCRIBE", params: ["btc"] }]);
  });

  test("a queue of two keeps the last two of three, where that is asked for", async () => {
    const { mux, server } = multiplex({ buffer: { capacity: 2, policy: "dropOldest" } });
    const btc = await mux.subscribe("btc");
    server().deliver({ stream: "btc", price: 1 }, { stream: "btc", price: 2 }, { stream: "btc", price: 3 });
    expect([(await btc.receive())?.price, (await btc.receive())?.price, btc.stats().dropped]).toEqual([2, 3, 1]);
  });

  test("what has no channel, or an unknown one, is counted", async () => {
    const { mux, server } = multiplex();
    await mux.subscribe("btc");
    server().deliver({ price: 1 }, { stream: "unknown" }, { stream: "btc" });
    expect(mux.stats()).toMatchObject({ subscriptions: 1, routed: 1, unroutable: 2, connections: [{ state: "connected", messagesReceived: 3 }] });
  });

  test("close() ends every subscription", async () => {
    const { mux, server } = multiplex();
    const both = [await mux.subscribe("a"), await mux.subscribe("b")];
    const loops = Promise.all(both.map(async (subscription) => {
      for await (const message of subscription) expect(message).toBe("none");
      return subscription.isActive;
    }));
    const closed = mux.close();
    server().answerClose();
    await closed;
    expect(await loops).toEqual([false, false]);
  });
});

describe("faults that are not here", () => {
  test("channels were not subscribed to again after a reconnect", async () => {
    const { mux, server } = multiplex();
    const btc = await mux.subscribe("btc");
    server().close();
    await settle();
    expect(server().sentData).toEqual([{ method: "SUBSCRIBE", params: ["btc"] }]);
    server().deliver({ stream: "btc", price: 5 });
    expect((await btc.receive())?.price).toBe(5);
  });

  test("an extractor that threw killed the router", async () => {
    const { mux, server } = multiplex({ channelOf: ({ stream, price }) => {
      if (price === 0) throw new Error("no price");
      return stream;
    } });
    const btc = await mux.subscribe("btc");
    server().deliver({ stream: "btc", price: 0 }, { stream: "btc", price: 1 });
    expect([(await btc.receive())?.price, mux.stats().unroutable]).toEqual([1, 1]);
  });

  test("on a full queue the close signal was lost, and the oldest message silently", async () => {
    const { mux, server } = multiplex({ buffer: 2 });
    const btc = await mux.subscribe("btc");
    server().deliver({ stream: "btc", price: 1 }, { stream: "btc", price: 2 }, { stream: "btc", price: 3 });
    server().close(1000);
    await settle();
    const seen: unknown[] = [];
    await expect((async () => {
      for await (const { price } of btc) seen.push(price);
    })()).rejects.toMatchObject({ code: "pool/buffer-overflow", dropped: 1 });
    for await (const { price } of btc) seen.push(price); // then it ends
    expect([seen, btc.isActive]).toEqual([[1, 2], false]);
  });

  test("the same channel twice was the same object: the first to close it closed it for both", async () => {
    const { mux, server } = multiplex();
    const [one, other] = [await mux.subscribe("btc"), await mux.subscribe("btc")];
    await one.close();
    server().deliver({ stream: "btc", price: 1 });
    expect([(await other.receive())?.price, server().sentData.length]).toEqual([1, 1]);
  });

  test("subscribe() while not connected was an error, and its timeout was not used", async () => {
    const { mux } = multiplex({ transport: { connect: () => new Promise(() => undefined) } });
    await expect(mux.subscribe("btc", { timeoutMs: 5 })).rejects.toMatchObject({ code: "pool/connection-timeout", operation: "subscribe" });
    void mux.close();
  });
});
