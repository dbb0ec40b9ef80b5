/** Positions that are missing on a connection that is open: told, asked for again, given up. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ChannelSubscription, Gap } from "../../src/channels.js";
import { ackOf, setUp, subscribed, taken, type SetUp, type Tick } from "./exchange.js";

interface Heard {
  readonly gaps: Gap[];
  missed: number;
}

function heard(subscription: ChannelSubscription<Tick>): Heard {
  const all: Heard = { gaps: [], missed: 0 };
  subscription.on("gap", (gap) => all.gaps.push(gap));
  subscription.on("missed", () => all.missed++);
  return all;
}

/** What the server was asked, after the first time. */
function askedAgain({ exchange }: SetUp): unknown[] {
  return exchange.asked.slice(1).map(({ op, channels: [asked] }) => (op === "subscribe" ? [op, asked?.after] : [op]));
}

function deliver({ exchange }: SetUp, ...seqs: readonly number[]): void {
  exchange.links[0]?.deliver(...seqs.map((seq) => ({ channel: "btc", seq })));
}

describe("gaps: \"tell\"", () => {
  test.each<[string, number[], number[], Omit<Gap, "channel">[]]>([
    ["numbers that follow", [1, 2, 3], [1, 2, 3], []],
    ["one is missing", [1, 3, 4], [1, 3, 4], [{ expected: 2, received: 3 }]],
    ["two are missing, twice", [1, 4, 7], [1, 4, 7], [{ expected: 2, received: 4 }, { expected: 5, received: 7 }]],
    ["one comes twice", [1, 1, 2], [1, 2], []],
    ["one comes after its successor", [1, 3, 2, 4], [1, 3, 4], [{ expected: 2, received: 3 }]],
    ["numbers begin anew", [5, 1, 2, 6], [5, 6], [{ expected: 1, received: 5 }]],
  ])("%s", async (_, sent, received, gaps) => {
    const it = setUp({ gaps: "tell" });
    const btc = await subscribed(it, "btc"); // which says that it stands at 0
    const told = heard(btc);
    deliver(it, ...sent);
    await it.pass();
    expect([await taken(btc), told]).toEqual([received, { gaps: gaps.map((gap) => ({ channel: "btc", ...gap })), missed: 0 }]);
    expect([btc.stats().gaps, it.pool.stats().gaps, it.pool.stats().ahead, askedAgain(it)]).toEqual([gaps.length, gaps.length, 0, []]);
  });

  test("is told before the message that shows it, and also of one that is shown by a reconnect", async () => {
    const it = setUp({ gaps: "tell" });
    const btc = await subscribed(it, "btc");
    const order: unknown[] = [];
    btc.on("gap", ({ received }) => order.push(`gap before ${received}`));
    btc.on("message", ({ data }) => order.push(data.seq));
    it.exchange.publish("btc");
    it.exchange.manners.resumes = false;
    it.exchange.links[0]?.close();
    it.exchange.lose("btc");
    await it.pass(100);
    it.exchange.publish("btc");
    expect(order).toEqual([1, "gap before 3", 3]);
  });

  test("without it, numbers need only grow", async () => {
    const it = setUp();
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    deliver(it, 10, 20, 30);
    expect([await taken(btc), told, btc.stats().gaps]).toEqual([[10, 20, 30], { gaps: [], missed: 0 }, 0]);
  });

  test("positions that are strings have no gaps", async () => {
    const it = setUp({ gaps: "tell", positionOf: ({ seq }) => `e:${seq}` });
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    deliver(it, 1, 5);
    expect([await taken(btc), told.gaps]).toEqual([[1, 5], []]);
  });
});

describe("gaps: \"resume\"", () => {
  test("the channel is given up and asked for after its last message; each comes once and in order", async () => {
    const it = setUp({ gaps: "resume" });
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    it.exchange.publish("btc");
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    it.exchange.publish("btc");
    await it.pass();
    it.exchange.publish("btc");
    expect([await taken(btc), told]).toEqual([[1, 2, 3, 4, 5], { gaps: [{ channel: "btc", expected: 2, received: 3 }], missed: 0 }]);
    expect(askedAgain(it)).toEqual([["unsubscribe"], ["subscribe", 1]]);
    expect(it.pool.stats()).toMatchObject({ gaps: 1, ahead: 2, routed: 5, pendingRequests: 0, resubscribed: 0, connections: [{ channels: 1 }] });
  });

  test("one that was only late ends the gap, and is not doubled by the answer", async () => {
    const it = setUp({ gaps: "resume" });
    const btc = await subscribed(it, "btc");
    it.exchange.publish("btc");
    for (let n = 0; n < 3; n++) it.exchange.lose("btc");
    deliver(it, 3, 2, 3);
    expect(await taken(btc)).toEqual([1, 2, 3]);
    await it.pass();
    it.exchange.publish("btc");
    expect([await taken(btc), btc.stats().gaps]).toEqual([[4, 5], 1]);
  });

  test("without unsubscribe it is asked for once more; a request may name several that are resumed", async () => {
    const it = setUp({ gaps: "resume", unsubscribe: undefined, maxChannelsPerRequest: 2 });
    const all = [await subscribed(it, "btc"), await subscribed(it, "eth")];
    for (const name of ["btc", "eth"]) {
      it.exchange.lose(name);
      it.exchange.publish(name);
    }
    await it.pass();
    expect(await Promise.all(all.map((subscription) => taken(subscription)))).toEqual([[1, 2], [1, 2]]);
    expect(it.exchange.asked.slice(2).map(({ op, channels }) => [op, channels.map(({ channel, after }) => [channel, after])])).toEqual([["subscribe", [["btc", 0], ["eth", 0]]]]);
  });

  test("a pattern is resumed with the position of each name; others of its names go on", async () => {
    const it = setUp({ gaps: "resume" });
    const all = await subscribed(it, "b*");
    const told = heard(all);
    const seen: string[] = [];
    all.on("message", ({ data: { channel, seq } }) => seen.push(`${channel} ${seq}`));
    for (const name of ["btc", "bnb"]) it.exchange.publish(name);
    it.exchange.lose("btc");
    for (const name of ["btc", "bnb"]) it.exchange.publish(name);
    await it.pass();
    expect(told.gaps).toEqual([{ channel: "btc", expected: 2, received: 3 }]);
    expect(seen).toEqual(["btc 1", "bnb 1", "bnb 2", "btc 2", "btc 3"]);
    expect(it.exchange.asked.at(-1)?.channels).toEqual([{ channel: "b*", after: 2, positions: { btc: 1, bnb: 2 } }]);
  });

  test("everybody who holds the channel hears of it, whoever comes meanwhile waits for the server, and whoever leaves ends it", async () => {
    const it = setUp({ gaps: "resume" });
    const [one, other] = [await subscribed(it, "btc"), await subscribed(it, "btc")];
    const told = [heard(one), heard(other)];
    one.on("gap", () => void one.close());
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    expect(told.map(({ gaps }) => gaps.length)).toEqual([1, 1]);
    const late = it.pool.subscribe("btc");
    await it.pass();
    expect([await taken(other), await taken(await late)]).toEqual([[1, 2], [1, 2]]);
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    for (const subscription of it.pool.subscriptions()) await subscription.close();
    await it.pass();
    expect([it.exchange.subscribed, it.pool.stats().channels, it.pool.stats().pendingRequests]).toEqual([[], 0, 0]);
  });

  test("a connection that is lost meanwhile: the next is asked after the same message", async () => {
    const it = setUp({ gaps: "resume" });
    const btc = await subscribed(it, "btc");
    it.exchange.publish("btc");
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    it.exchange.links[0]?.close();
    await it.pass(100);
    it.exchange.publish("btc");
    expect([await taken(btc), btc.stats().gaps, it.exchange.asked.at(-1)?.channels[0]?.after]).toEqual([[1, 2, 3, 4], 1, 1]);
  });

  test("a server that begins anew: missed, and its numbers with it", async () => {
    const it = setUp({ gaps: "resume", ackOf: (message) => {
      const acknowledgement = ackOf(message);
      return acknowledgement === undefined ? undefined : { ...acknowledgement, resumed: false, positions: undefined };
    } });
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    it.exchange.manners.resumes = false;
    deliver(it, 7, 9);
    await it.pass();
    deliver(it, 1, 2);
    expect([await taken(btc), told]).toEqual([[7, 1, 2], { gaps: [{ channel: "btc", expected: 8, received: 9 }], missed: 1 }]);
  });

  test.each([1, 3])("maxResumes %i: so often the server is asked for what it does not have, then missed, and the channel goes on", async (maxResumes) => {
    const it = setUp({ gaps: "resume", maxResumes, unsubscribe: undefined });
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    it.exchange.publish("btc");
    it.exchange.manners.resumes = false;
    it.exchange.lose("btc");
    for (let n = 0; n < maxResumes; n++) {
      it.exchange.publish("btc");
      await it.pass(100);
    }
    expect([await taken(btc), told.missed, askedAgain(it)]).toEqual([[1], 0, Array(maxResumes).fill(["subscribe", 1])]);
    const { seq } = it.exchange.publish("btc");
    it.exchange.publish("btc");
    await it.pass(100);
    expect([await taken(btc), told]).toEqual([[seq, seq + 1], { gaps: [{ channel: "btc", expected: 2, received: 3 }], missed: 1 }]);
    expect([askedAgain(it).length, btc.stats().missed]).toEqual([maxResumes, 1]);
  });

  test("each gap is asked for as often, whatever was lost before", async () => {
    const it = setUp({ gaps: "resume", maxResumes: 1 });
    const btc = await subscribed(it, "btc");
    for (let n = 0; n < 3; n++) {
      it.exchange.lose("btc");
      it.exchange.publish("btc");
      await it.pass(100);
    }
    expect([await taken(btc), btc.stats().gaps, btc.stats().missed]).toEqual([[1, 2, 3, 4, 5, 6], 3, 0]);
  });

  test("a server that does not answer: after ackTimeoutMs the channel goes on without what is missing", async () => {
    const it = setUp({ gaps: "resume", ackTimeoutMs: 1_000, unsubscribe: undefined });
    const btc = await subscribed(it, "btc");
    const told = heard(btc);
    it.exchange.manners.acknowledges = it.exchange.manners.resumes = false;
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    await it.pass();
    it.exchange.publish("btc");
    await it.pass(999);
    expect([await taken(btc), told.missed]).toEqual([[], 0]);
    await it.pass(1);
    it.exchange.publish("btc");
    it.exchange.publish("btc");
    expect([await taken(btc), told.missed, it.pool.stats().ahead]).toEqual([[4, 5], 1, 2]);
  });

  test("a server that does not take the channel again: the subscription ends with its words", async () => {
    const it = setUp({ gaps: "resume" });
    const btc = await subscribed(it, "btc");
    it.exchange.manners.refuses = () => true;
    it.exchange.lose("btc");
    it.exchange.publish("btc");
    await it.pass();
    await expect(btc.receive()).rejects.toMatchObject({ code: "pool/subscription-refused", cause: "no such channel" });
  });

  test("whatever is lost, doubled and overtaken, each message comes once and in order", async () => {
    const fault = fc.constantFrom("publish", "publish", "lose", "double", "swap", "pass");
    await fc.assert(fc.asyncProperty(fc.array(fault, { maxLength: 40 }), async (faults) => {
      const it = setUp({ gaps: "resume" });
      const btc = await subscribed(it, "btc");
      const last = (): number => it.exchange.publishedOf("btc");
      for (const one of faults) {
        if (one === "publish") it.exchange.publish("btc");
        else if (one === "double") deliver(it, last(), last());
        else if (one === "pass") await it.pass(10);
        else it.exchange.lose("btc");
        if (one === "swap") {
          it.exchange.publish("btc");
          if (it.exchange.subscribed.length > 0) deliver(it, last() - 1);
        }
      }
      it.exchange.publish("btc"); // that the last one is missing is shown by the next
      for (let n = 0; n < 4; n++) await it.pass(100);
      expect(await taken(btc)).toEqual(Array.from({ length: last() }, (_, n) => n + 1));
      expect(btc.stats().missed).toBe(0);
    }), { numRuns: 100 });
  });
});

describe("gaps", () => {
  test.each([
    ["is one of three", { gaps: "mend" as "tell" }], ["needs positions", { gaps: "tell", positionOf: undefined }], ["needs requests", { gaps: "resume", subscribe: undefined }],
    ["needs answers", { gaps: "resume", ackOf: undefined }], ["maxResumes 0", { maxResumes: 0 }], ["maxResumes 1.5", { maxResumes: 1.5 }],
  ] as const)("%s", (_, options) => {
    expect(() => setUp(options)).toThrow(expect.objectContaining({ code: "pool/invalid-option" }) as Error);
  });
});
