/** What happens to channels when connections, servers and functions fail. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { failure, REFUSED, watch } from "../resilient/fake-transport.js";
import { ackOf, setUp, subscribed, taken, type Tick } from "./exchange.js";

describe("a connection that is lost", () => {
  test("comes back with its channels, each after its last message: nothing is lost or doubled", async () => {
    const it = setUp();
    const { exchange, pool, pass } = it;
    const btc = await subscribed(it, "btc");
    const eth = await subscribed(it, "eth");
    exchange.publish("btc");
    exchange.publish("btc");
    exchange.links[0]?.close();
    exchange.publish("btc");
    exchange.publish("eth");
    await pass(100);
    exchange.publish("btc");
    expect([await taken(btc), await taken(eth)]).toEqual([[1, 2, 3, 4], [1]]);
    expect(exchange.asked.slice(2).map(({ op, channels }) => [op, channels])).toEqual([
      ["subscribe", [{ channel: "btc", after: 2, positions: {} }]], ["subscribe", [{ channel: "eth", after: 0, positions: {} }]],
    ]);
    expect(pool.stats()).toMatchObject({ resubscribed: 2, connections: [{ reconnects: 1 }] });
  });

  test("a pattern goes on after the last message of each channel that it has met", async () => {
    const it = setUp();
    const all = await subscribed(it, "b*");
    for (const channel of ["btc", "bnb", "btc", "eth"]) it.exchange.publish(channel);
    it.exchange.links[0]?.close();
    it.exchange.publish("bnb");
    await it.pass(100);
    expect(it.exchange.asked.at(-1)?.channels).toEqual([{ channel: "b*", after: 2, positions: { btc: 2, bnb: 1 } }]);
    expect(await taken(all)).toEqual([1, 1, 2, 2]);
  });

  test("requests leave in batches, maxRequestsPerBatch at a time, one not before batchIntervalMs", async () => {
    const it = setUp({ maxRequestsPerBatch: 2, batchIntervalMs: 1_000 });
    const subscribing = ["a", "b", "c"].map((name) => watch(it.pool.subscribe(name)));
    await it.pass();
    expect(subscribing.map(({ value }) => value?.name)).toEqual(["a", "b", undefined]);
    await it.pass(999);
    expect(it.exchange.asked.length).toBe(2);
    await it.pass(1);
    expect(subscribing[2]?.value?.name).toBe("c");
  });

  test("maxChannelsPerRequest: one request names as many", async () => {
    const it = setUp({ maxChannelsPerRequest: 2 });
    const subscriptions = await Promise.all([...["a", "b", "c"].map((name) => it.pool.subscribe(name)), it.pass(), it.pass()].slice(0, 3)) as { close(): Promise<void> }[];
    expect(it.exchange.asked.map(({ channels }) => channels.map(({ channel }) => channel))).toEqual([["a", "b"], ["c"]]);
    for (const subscription of subscriptions) void subscription.close();
    await it.pass();
    expect([it.exchange.subscribed, it.exchange.asked.length]).toEqual([[], 5]); // each is given up as it goes
  });

  test("where the server cannot go on, subscribers are told that messages are missing", async () => {
    const it = setUp({ ackOf: (message) => {
      const acknowledgement = ackOf(message);
      return acknowledgement === undefined ? undefined : { ...acknowledgement, resumed: false, positions: undefined };
    } });
    const btc = await subscribed(it, "btc");
    const told: string[] = [];
    btc.on("missed", () => told.push("missed"));
    it.exchange.publish("btc");
    it.exchange.publish("btc");
    it.exchange.manners.resumes = false;
    it.exchange.links[0]?.close();
    it.exchange.restart("btc");
    await it.pass(100);
    it.exchange.publish("btc");
    expect([told, await taken(btc), btc.stats().missed, btc.stats().position]).toEqual([["missed"], [1, 2, 1], 1, 1]);
  });

  test("that is given up ends its subscriptions with the reason, and only them", async () => {
    const it = setUp({ maxChannelsPerConnection: 1 });
    const [btc, eth] = [await subscribed(it, "btc"), await subscribed(it, "eth")];
    const told: unknown[] = [];
    it.pool.on("closed", ({ connection, error }) => told.push([connection, error?.closeCode]));
    btc.on("closed", ({ error }) => told.push(error?.code));
    it.exchange.publish("btc");
    it.exchange.links[0]?.close(4401, "bye");
    await settle(3);
    expect([btc.isActive, eth.isActive, it.pool.stats().channels]).toEqual([false, true, 1]);
    expect(await btc.receive()).toMatchObject({ seq: 1 }); // what had come is still given out
    expect(await failure(btc.receive())).toMatchObject({ code: "pool/connection-closed", closeCode: 4401 });
    expect(told).toEqual(["pool/connection-closed", [1, 4401]]);
    expect((await subscribed(it, "btc")).isActive).toBe(true);
  });

  test("that the server closes in order ends loops in order", async () => {
    const it = setUp();
    const btc = await subscribed(it, "btc");
    it.exchange.publish("btc");
    it.exchange.links[0]?.close(1000);
    const seqs: number[] = [];
    for await (const { seq } of btc) seqs.push(seq);
    expect(seqs).toEqual([1]);
  });

  test("that cannot be opened: subscribe() ends with its failure", async () => {
    const it = setUp({ openTimeoutMs: 500, reconnect: { jitter: 0, baseMs: 100, attempts: 2 } });
    it.exchange.transport.answers = [REFUSED];
    const failing = failure(it.pool.subscribe("btc"));
    await it.pass(100);
    await it.pass(100);
    expect(await failing).toBe(REFUSED);
    expect(it.pool.stats()).toMatchObject({ channels: 0, subscriptions: 0, connections: [] });
  });
});

describe("a server", () => {
  test("that refuses a channel: subscribe() says with what words", async () => {
    const it = setUp();
    it.exchange.manners.refuses = (channel) => channel === "nope";
    const refused = failure(it.pool.subscribe("nope"));
    const fine = it.pool.subscribe("btc");
    await it.pass();
    expect(await refused).toMatchObject({ name: "JetSocketError", code: "pool/subscription-refused", cause: "no such channel" });
    expect((await fine).isActive).toBe(true);
    expect(it.pool.stats().channels).toBe(1);
  });

  test("that does not answer is asked again after ackTimeoutMs, and told of; subscribe() gives up after timeoutMs", async () => {
    const it = setUp({ ackTimeoutMs: 1_000, subscribeTimeoutMs: 2_500 });
    it.exchange.manners.acknowledges = false;
    const errors: unknown[] = [];
    it.pool.on("error", ({ error, fatal, connection }) => errors.push([error.message, fatal, connection]));
    const subscribing = failure(it.pool.subscribe("btc"));
    await it.pass();
    await it.pass(999);
    expect(it.exchange.asked.length).toBe(1);
    await it.pass(1);
    expect(it.exchange.asked.length).toBe(2);
    await it.pass(1_000);
    await it.pass(500);
    expect(await subscribing).toMatchObject({ code: "pool/connection-timeout", operation: "subscribe", afterMs: 2_500 });
    expect(errors).toEqual(Array(2).fill(["Cannot subscribe \"btc\": no acknowledgement within 1000 ms", false, 1]));
    expect([it.exchange.subscribed, it.pool.stats().channels]).toEqual([[], 0]); // given up at the server, too
  });

  test("whose answers are not to be understood, or to nobody's question, changes nothing", async () => {
    const it = setUp({ maxChannelsPerConnection: 1 });
    it.exchange.manners.acknowledges = false;
    const one = watch(it.pool.subscribe("btc"));
    const other = watch(it.pool.subscribe("eth"));
    await it.pass();
    it.exchange.links[1]?.deliver({ ack: 1 }); // on the wrong connection
    it.exchange.links[0]?.deliver({ ack: 99 }, { ack: "x" });
    await it.pass();
    expect([one, other]).toEqual([{}, {}]);
    it.exchange.links[0]?.deliver({ ack: 1 }, { ack: 1, error: "too late" });
    await it.pass();
    expect([one.value?.isActive, other]).toEqual([true, {}]);
  });

  test("maxPendingRequests: so many wait for their answer, the next for its turn", async () => {
    const it = setUp({ maxPendingRequests: 2 });
    it.exchange.manners.acknowledges = false;
    for (const name of ["a", "b", "c"]) void it.pool.subscribe(name);
    await it.pass();
    expect([it.exchange.asked.length, it.pool.stats().pendingRequests]).toEqual([2, 2]);
    it.exchange.links[0]?.deliver({ ack: 1 });
    await it.pass();
    expect([it.exchange.asked.length, it.pool.stats().pendingRequests]).toEqual([3, 2]);
  });

  test("without ackOf, what is sent is done; without subscribe, nothing is sent", async () => {
    const it = setUp({ ackOf: undefined });
    it.exchange.manners.acknowledges = false;
    const btc = await it.pool.subscribe("btc");
    await it.pass();
    it.exchange.publish("btc");
    expect(await taken(btc)).toEqual([1]);
    const silent = setUp({ ackOf: undefined, subscribe: undefined, unsubscribe: undefined });
    const eth = await silent.pool.subscribe("eth");
    silent.exchange.links[0]?.deliver({ channel: "eth", seq: 7 });
    expect([await taken(eth), silent.exchange.asked]).toEqual([[7], []]);
    await eth.close();
    silent.exchange.links[0]?.deliver({ channel: "eth", seq: 8 });
    expect(silent.pool.stats()).toMatchObject({ unroutable: 1, channels: 0 });
  });
});

describe("functions of the application that throw", () => {
  test.each(["channelOf", "positionOf", "ackOf"] as const)("%s: an error event, and messages flow on", async (name) => {
    const thrown = new Error(name);
    const checked = (message: unknown): Tick => {
      const tick = message as Tick;
      if (tick.seq === 1) throw thrown;
      return tick;
    };
    const faulty = setUp({
      ...(name === "channelOf" ? { channelOf: (message: Tick) => checked(message).channel } : {}),
      ...(name === "positionOf" ? { positionOf: (message: Tick) => checked(message).seq } : {}),
      ...(name === "ackOf" ? { ackOf: (message: unknown) => ackOf(checked(message)) } : {}),
    });
    const errors: unknown[] = [];
    faulty.pool.on("error", ({ error }) => errors.push(error));
    const btc = await subscribed(faulty, "btc");
    faulty.exchange.publish("btc");
    faulty.exchange.publish("btc");
    expect([errors, (await taken(btc)).at(-1)]).toEqual([[thrown], 2]);
  });

  test("subscribe: it says no to that channel", async () => {
    const thrown = new Error("no");
    const it = setUp({ subscribe: ({ channel, id }) => {
      if (channel === "nope") throw thrown;
      return { op: "subscribe", id, channels: [{ channel }] };
    } });
    const refused = failure(it.pool.subscribe("nope"));
    const fine = it.pool.subscribe("btc");
    await it.pass();
    expect(await refused).toMatchObject({ code: "pool/error", cause: thrown });
    expect((await fine).isActive).toBe(true);
  });

  test("unsubscribe: an error event, and the channel is gone all the same", async () => {
    const thrown = new Error("no");
    const it = setUp({ unsubscribe: () => {
      throw thrown;
    } });
    const errors: unknown[] = [];
    it.pool.on("error", ({ error }) => errors.push(error));
    await (await subscribed(it, "btc")).close();
    await it.pass();
    expect([errors, it.pool.stats().connections[0]?.channels]).toMatchObject([[{ code: "pool/error", cause: thrown }], 0]);
  });

  test("a listener: onError, and the next listener hears it, too", async () => {
    const heard: unknown[] = [];
    const it = setUp({ onError: (error) => heard.push(error) });
    const btc = await subscribed(it, "btc");
    btc.on("message", () => {
      throw new Error("mine");
    });
    btc.on("message", ({ data }) => heard.push(data.seq));
    it.exchange.publish("btc");
    expect(heard).toEqual([new Error("mine"), 1]);
  });
});

test("with a schema, messages are checked and acknowledgements need not fit it", async () => {
  const it = setUp({ schema: z.object({ channel: z.string(), seq: z.number() }) });
  const errors: string[] = [];
  it.pool.on("error", ({ error }) => errors.push(error.name));
  const btc = await subscribed(it, "btc");
  it.exchange.links[0]?.deliver({ channel: "btc", seq: "1" });
  it.exchange.publish("btc");
  expect([await taken(btc), errors]).toEqual([[1], ["InvalidMessageError"]]);
});
