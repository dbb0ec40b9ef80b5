/** The exchange with every fault, on real sockets: readers see each message once, in order, whatever happens. */
import { systemClock } from "@x/errors/clock";
import { connect } from "@x/simple-ws/client";
import { ask } from "@x/testkit";
import { describe, expect, onTestFinished, test } from "vitest";
import { Exchange } from "../src/exchange/exchange.js";
import { faster } from "../src/exchange/pace.js";
import { seeded, seedOf } from "../src/exchange/random.js";
import { write } from "../src/exchange/writer.js";
import { openChannels, type OpenOptions } from "../src/market/open-channels.js";
import { ChannelReader } from "../src/market/reader.js";
import { readText } from "../src/market/texts.js";
import { textChannel, ticksChannel } from "../src/shared/channels.js";
import type { Control, Message } from "../src/shared/protocol.js";

/** A day in an hour: the exchange's own time runs faster. */
const SPEED = 20;
const fast = faster(systemClock, SPEED);

async function setUp(options: OpenOptions = {}): Promise<{ readonly exchange: Exchange; readonly reader: ChannelReader }> {
  const exchange = await Exchange.start({ clock: fast, lingerMs: 3_600_000 });
  const reader = new ChannelReader(openChannels(exchange.url, { retryMs: 5, ...options }));
  onTestFinished(async () => {
    await reader.close();
    await exchange.close();
  });
  return { exchange, reader };
}

function watched(reader: ChannelReader, symbol: string): Message[] {
  const seen: Message[] = [];
  reader.read(ticksChannel(symbol), { onMessage: (message) => seen.push(message), onRefused: () => undefined });
  return seen;
}

function positions(messages: readonly Message[]): number[] {
  return messages.flatMap((message) => ("position" in message ? [message.position] : []));
}

/** Each follows the one before; a snapshot may be further on. */
function expectWhole(messages: readonly Message[]): void {
  for (const [index, position] of positions(messages).entries()) {
    const before = positions(messages)[index - 1];
    if (before !== undefined && messages[index]?.type !== "snapshot") expect(position).toBe(before + 1);
  }
}

async function more(seen: readonly Message[], count: number): Promise<void> {
  const wanted = seen.length + count;
  await expect.poll(() => seen.length).toBeGreaterThan(wanted);
}

describe("faults", () => {
  test.each<[string, Control, (counts: ChannelReader["counts"]) => number]>([
    ["dropped connections", { drop: true }, ({ reconnects }) => reconnects],
    ["messages that are missing", { gap: 0.1 }, ({ gaps }) => gaps],
    ["messages in another order", { reorder: 0.2 }, ({ gaps }) => gaps],
    ["messages that come twice", { duplicate: 0.5 }, ({ duplicates }) => duplicates],
    ["a greatest age of connections", { maxAgeMs: 1_000 }, ({ reconnects }) => reconnects],
  ])("%s: are counted, and nothing is missing or doubled", async (_, fault, count) => {
    const { exchange, reader } = await setUp();
    const seen = watched(reader, "CORV");
    await more(seen, 5);
    exchange.control(fault);
    await expect.poll(() => count(reader.counts)).toBeGreaterThan(0);
    exchange.control({ gap: 0, reorder: 0, duplicate: 0, maxAgeMs: 0 });
    await more(seen, 10);
    expectWhole(seen);
    expect(seen.filter(({ type }) => type === "snapshot")).toHaveLength(1); // resumed, not begun anew
  });

  test("a half-open connection: is found out by its silence", async () => {
    const { exchange, reader } = await setUp({ heartbeatMs: 250 });
    const seen = watched(reader, "ONYX");
    await more(seen, 5);
    exchange.control({ silent: true });
    await expect.poll(() => reader.counts.reconnects).toBeGreaterThan(0);
    exchange.control({ silent: false });
    await more(seen, 10);
    expectWhole(seen);
  });

  test("refused with 503 and Retry-After: comes back when it may", async () => {
    const { exchange, reader } = await setUp();
    const seen = watched(reader, "AMBR");
    await more(seen, 5);
    exchange.control({ refuse: true, drop: true });
    await expect.poll(() => reader.state).toBe("lost");
    expect(exchange.connections).toBe(0);
    exchange.control({ refuse: false });
    await more(seen, 10);
    expectWhole(seen);
  });

  test("messages that are late: come late", async () => {
    const { exchange, reader } = await setUp();
    exchange.control({ slowMs: 200 * SPEED });
    const seen = watched(reader, "TOLL");
    const startedMs = performance.now();
    await more(seen, 5);
    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expectWhole(seen);
  });
});

describe("texts", () => {
  test("several over one connection, each whole, though it is cut again and again", async () => {
    const { exchange, reader } = await setUp();
    const prompts = ["What is a tick?", "Why do sockets break?", "Tell me of the tape"];
    let tokens = 0;
    const texts = await Promise.all(prompts.map(async (prompt, index) => new Promise<string>((resolve, reject) => {
      let text = "";
      readText(reader, `t${index}`, prompt, {
        onToken: (token) => {
          text += token;
          if (++tokens % 50 === 0) exchange.control({ drop: true });
        },
        onEnd: () => resolve(text),
        onRefused: (message) => reject(new Error(message)),
      });
    })));
    for (const [index, prompt] of prompts.entries()) expect(texts[index]).toBe(write(prompt, seeded(seedOf(textChannel(`t${index}`, prompt)))).join(""));
    expect(reader.counts.reconnects).toBeGreaterThanOrEqual(2);
    expect(exchange.connections).toBeLessThanOrEqual(1);
  });

  test("one that is cancelled is not written any further", async () => {
    const { reader } = await setUp();
    let tokens = 0;
    const other = watched(reader, "DUNE");
    const text = readText(reader, "c", "Count to a thousand", { onToken: () => tokens++, onEnd: () => undefined, onRefused: () => undefined });
    await expect.poll(() => tokens).toBeGreaterThan(10);
    text.cancel();
    const atCancel = tokens;
    await more(other, 20);
    expect(tokens).toBe(atCancel);
    expect(reader.counts.channels).toBe(1);
  });
});

describe("the control interface", () => {
  test("tells and changes faults, for programs but not for pages", async () => {
    const { exchange } = await setUp();
    const url = new URL("/control", exchange.url.replace("ws", "http")).href;
    const post = async (body: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(url, { method: "POST", body, headers })).status;
    expect(await post('{"gap":0.5}')).toBe(200);
    expect(await (await fetch(url)).json()).toEqual({ ...exchange.faults, gap: 0.5 });
    expect(await Promise.all([post('{"gap":2}'), post('{"explode":true}'), post("{"), post(JSON.stringify({ gap: 0, pad: "x".repeat(2_000) }))])).toEqual([400, 400, 400, 400]);
    expect(await post('{"gap":0}', { Origin: "http://evil.example" })).toBe(403);
    expect(await post('{"gap":0}', { Origin: new URL(url).origin })).toBe(403);
    expect((await fetch(url, { method: "PUT" })).status).toBe(405);
    expect((await fetch(new URL("/", url))).status).toBe(404);
    expect(exchange.faults.gap).toBe(0.5);
  });

  test("nor for pages whose own name leads to this machine; quotes are not theirs, either", async () => {
    const { exchange } = await setUp();
    const url = new URL("/control", exchange.url.replace("ws", "http")).href;
    expect(await ask(url, { headers: { Host: "evil.example" } })).toEqual({ status: 403, body: expect.stringContaining("PUBLIC_URL=http://name:port") as string });
    expect((await ask(url, { headers: { Host: "localhost:1" } })).status).toBe(200);
    await expect(connect(exchange.url, { host: "evil.example" })).rejects.toMatchObject({ statusCode: 403 });
  });
});
