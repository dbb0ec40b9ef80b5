/**
 * The channel pool against a model: any order of subscribers, messages, faults, moves and time keeps its promises.
 *
 * Whoever holds a channel gets each of its messages from then on, once and in order, over reconnects, renewals, rebalancing and what is lost on the way; the server is
 * subscribed to what somebody holds, and to nothing else; limits hold; after the end nothing is left.
 */
import { seededRandom, settle } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelSubscription } from "../../src/channels.js";
import { REFUSED, type Answer } from "../resilient/fake-transport.js";
import { setUp, type SetUp, type Tick } from "./exchange.js";

const LIMITS = { maxConnections: 3, maxChannelsPerConnection: 3, maxPendingRequests: 3, maxChannels: 7 } as const;

interface Holder {
  readonly name: string;
  subscription: ChannelSubscription<Tick> | undefined;
  /** The subscribe() failed, or it was closed. */
  isOver: boolean;
  /** Messages of the channel before the server said yes, or did not say anything to a gap: those after it must come. */
  since: number;
  readonly received: number[];
}

class World {
  readonly it: SetUp;
  readonly holders: Holder[] = [];

  constructor(seed: number, maxChannelsPerRequest: number) {
    this.it = setUp({
      ...LIMITS, maxChannelsPerRequest, gaps: "resume", random: seededRandom(seed), reconnect: { baseMs: 50, capMs: 200 }, maxRequestsPerBatch: 2, batchIntervalMs: 30,
      ackTimeoutMs: 300, subscribeTimeoutMs: 1_000, idleTimeoutMs: 200, connectTimeoutMs: 300, closeTimeoutMs: 100, rebalanceBelow: 0.7, maxAgeMs: 1_500, overlapMs: 50, buffer: { capacity: 1_000 },
    });
  }

  subscribe(name: string): void {
    const { pool, exchange } = this.it;
    const holder: Holder = { name, subscription: undefined, isOver: false, since: Infinity, received: [] };
    this.holders.push(holder);
    pool.subscribe(name).then((subscription) => {
      holder.subscription = subscription;
      holder.since = exchange.publishedOf(name);
      subscription.on("message", ({ data }) => {
        expect(data.channel).toBe(name);
        holder.received.push(data.seq);
      });
      subscription.on("missed", () => (holder.since = exchange.publishedOf(name)));
      subscription.on("closed", ({ error }) => {
        if (!holder.isOver) expect(error).toMatchObject({ code: "pool/subscription-refused" }); // the server does not take it again
        holder.isOver = true;
      });
      void this.#drain(holder, subscription);
      if (holder.isOver) void subscription.close();
    }, () => (holder.isOver = true));
  }

  /** What came before there was a listener. */
  async #drain({ received }: Holder, subscription: ChannelSubscription<Tick>): Promise<void> {
    const early: number[] = [];
    for (let tick = await subscription.receive({ timeoutMs: 0 }).catch(() => null); tick !== null; tick = await subscription.receive({ timeoutMs: 0 }).catch(() => null)) early.push(tick.seq);
    received.unshift(...early);
  }

  close(index: number): void {
    const holder = this.holders[index % Math.max(1, this.holders.length)];
    if (holder === undefined) return;
    holder.isOver = true;
    void holder.subscription?.close();
  }

  get active(): readonly Holder[] {
    return this.holders.filter(({ subscription, isOver }) => subscription !== undefined && !isOver);
  }

  get isRenewing(): boolean {
    return this.it.exchange.links.length > this.it.pool.stats().connections.filter(({ state }) => state === "connected").length;
  }

  answerCloses(): void {
    for (const link of this.it.exchange.transport.links) if (typeof link.ended === "object") link.answerClose();
  }

  verify(): void {
    const stats = this.it.pool.stats();
    expect(stats.connections.length).toBeLessThanOrEqual(LIMITS.maxConnections);
    for (const { channels } of stats.connections) expect(channels).toBeLessThanOrEqual(LIMITS.maxChannelsPerConnection);
    expect(stats.pendingRequests).toBeLessThanOrEqual(LIMITS.maxPendingRequests);
    expect(stats.channels).toBeLessThanOrEqual(Math.min(LIMITS.maxChannels, stats.subscriptions));
    expect(stats.channels).toBeGreaterThanOrEqual(new Set(this.active.map(({ name }) => name)).size);
    for (const { subscription } of this.active) expect(subscription?.isActive).toBe(true);
    for (const { received, since } of this.holders) {
      for (const [index, seq] of received.entries()) {
        const before = received[index - 1];
        if (before !== undefined && before >= since) expect(seq).toBe(before + 1);
        else if (before !== undefined) expect(seq).toBeGreaterThan(before);
      }
    }
  }

  verifyAll(): void {
    this.verify();
    const { pool, exchange } = this.it;
    for (const { name, received, since } of this.active) {
      expect(received.filter((seq) => seq > since)).toEqual(Array.from({ length: exchange.publishedOf(name) - since }, (_, n) => since + n + 1));
    }
    const held = [...new Set(this.active.map(({ name }) => name))].sort();
    expect(exchange.subscribed).toEqual(held);
    expect(pool.stats()).toMatchObject({ channels: held.length, subscriptions: this.active.length, pendingRequests: 0 });
  }
}

interface Step {
  readonly name: string;
  readonly run: (world: World) => unknown;
}

function often(weight: number, name: string, run: Step["run"]): fc.WeightedArbitrary<Step> {
  return { weight, arbitrary: fc.constant({ name, run }) };
}

function each<Value>(weight: number, values: fc.Arbitrary<Value>, name: string, run: (world: World, value: Value) => unknown): fc.WeightedArbitrary<Step> {
  return { weight, arbitrary: values.map((value) => ({ name: `${name}(${String(value)})`, run: (world) => run(world, value) })) };
}

const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
const channel = fc.constantFrom(...names);
const index = fc.nat(20);

const steps: fc.Arbitrary<Step> = fc.oneof(
  each(4, channel, "subscribe", (world, name) => world.subscribe(name)),
  each(4, index, "close", (world, nth) => world.close(nth)),
  each(8, channel, "publish", ({ it }, name) => it.exchange.publish(name)),
  each(2, channel, "lose a message", ({ it }, name) => it.exchange.lose(name)),
  often(8, "serve", ({ it }) => it.exchange.serve()),
  often(1, "serve silently", ({ it }) => {
    it.exchange.manners.acknowledges = false;
    it.exchange.serve();
    it.exchange.manners.acknowledges = true;
  }),
  each(2, index, "lose", ({ it: { exchange } }, nth) => exchange.links[nth % Math.max(1, exchange.links.length)]?.close()),
  each(1, index, "go away", ({ it: { exchange } }, nth) => exchange.links[nth % Math.max(1, exchange.links.length)]?.close(1012, "restart")),
  often(3, "rebalance", ({ it }) => it.pool.rebalance()),
  each(1, fc.constantFrom("a", "none", "none"), "refuse", ({ it }, name) => (it.exchange.manners.refuses = (other) => other === name)),
  each(1, fc.constantFrom<Answer[]>(["open"], ["open"], ["hang"], [REFUSED]), "connections", ({ it }, answers) => (it.exchange.transport.answers = answers)),
  often(1, "release", ({ it }) => it.exchange.transport.release()),
  often(2, "answer closes", (world) => world.answerCloses()),
  each(3, fc.integer({ min: 1, max: 600 }), "pass", ({ it }, ms) => it.pass(ms)),
  each(4, fc.integer({ min: 1, max: 30 }), "wait", ({ it }, ms) => it.clock.advance(ms)),
);

/** The network is good again, and the server answers. */
async function recover(world: World): Promise<void> {
  const { exchange, pass } = world.it;
  exchange.transport.answers = ["open"];
  exchange.transport.release();
  await pass(1_000);
  for (const name of names) exchange.publish(name); // that the last one is missing is shown by the next
  for (let round = 0; round < 30; round++) {
    await pass(50);
    world.answerCloses();
  }
}

test("whoever holds a channel gets each message once and in order, and the server knows what is held, whatever happens", async () => {
  await fc.assert(fc.asyncProperty(fc.integer(), fc.constantFrom(1, 1, 3), fc.subarray(names), fc.array(steps, { maxLength: 60, size: "large" }), async (seed, perRequest, first, plan) => {
    const world = new World(seed, perRequest);
    for (const name of first) world.subscribe(name);
    await world.it.pass(20);
    for (const { run } of plan) {
      await run(world);
      await settle(1);
      world.verify();
    }
    await recover(world);
    for (let wait = 0; wait < 400 && world.isRenewing; wait += 10) await world.it.pass(10); // two connections are heard for 50 ms
    world.verifyAll();
    for (const holder of world.holders.keys()) world.close(holder);
    await recover(world);
    expect([world.it.exchange.subscribed, world.it.pool.stats().connections, world.it.pool.stats().channels]).toEqual([[], [], 0]);
    await world.it.pool.close();
    expect(world.it.clock.pending).toBe(0);
  }), { numRuns: 150 });
}, 60_000);
