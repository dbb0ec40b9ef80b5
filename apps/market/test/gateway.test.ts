/** Exchange, gateway and readers on real sockets: what the gateway shares, resumes and tells. */
import { once } from "node:events";
import { connect } from "node:net";
import { systemClock } from "@x/errors/clock";
import { connect as connectWebSocket } from "@x/simple-ws/client";
import { ask } from "@x/testkit";
import { expect, onTestFinished, test } from "vitest";
import { Exchange } from "../src/exchange/exchange.js";
import { faster } from "../src/exchange/pace.js";
import { seeded, seedOf } from "../src/exchange/random.js";
import { write } from "../src/exchange/writer.js";
import { Gateway } from "../src/gateway/gateway.js";
import { openChannels } from "../src/market/open-channels.js";
import { ChannelReader } from "../src/market/reader.js";
import { readText } from "../src/market/texts.js";
import { STATUS_CHANNEL, textChannel, ticksChannel } from "../src/shared/channels.js";
import type { Message, Status } from "../src/shared/protocol.js";
import { instruments } from "../src/shared/symbols.js";

const SPEED = 20;
const fast = faster(systemClock, SPEED);

async function setUp(): Promise<{ readonly exchange: Exchange; readonly gateway: Gateway; readonly page: () => ChannelReader }> {
  const exchange = await Exchange.start({ clock: fast, lingerMs: 3_600_000 });
  const gateway = await Gateway.start({ exchangeUrl: exchange.url, pageFolder: import.meta.dirname });
  onTestFinished(async () => {
    await gateway.close();
    await exchange.close();
  });
  const page = (): ChannelReader => {
    const reader = new ChannelReader(openChannels(gateway.feedUrl, { retryMs: 5 }));
    onTestFinished(() => reader.close());
    return reader;
  };
  return { exchange, gateway, page };
}

function collect(reader: ChannelReader, channel: string, after?: number): Message[] {
  const seen: Message[] = [];
  reader.read(channel, { onMessage: (message) => seen.push(message), onRefused: () => undefined }, after);
  return seen;
}

function statusOf(reader: ChannelReader): () => Status | undefined {
  const seen = collect(reader, STATUS_CHANNEL);
  return () => seen.at(-1) as Status | undefined;
}

test("pages share a channel of the exchange; each begins with a snapshot that has the chart's past", async () => {
  const { page } = await setUp();
  const [one, other] = [page(), page()];
  const status = statusOf(one);
  const first = collect(one, ticksChannel("AMBR"));
  await expect.poll(() => first.length).toBeGreaterThan(10);
  const second = collect(other, ticksChannel("AMBR"));
  await expect.poll(() => second.length).toBeGreaterThan(5);
  expect(second[0]).toMatchObject({ type: "snapshot", history: expect.objectContaining({ length: 600 }) as unknown });
  await expect.poll(() => status()?.counts).toMatchObject({ channels: 1, connections: 1 });
});

test("a page that comes back is given what it missed, and no snapshot", async () => {
  const { page } = await setUp();
  const former = page();
  const seen = collect(former, ticksChannel("CORV"));
  await expect.poll(() => seen.length).toBeGreaterThan(5);
  await former.close();
  const last = seen.at(-1)?.position ?? 0;
  const again = collect(page(), ticksChannel("CORV"), last);
  await expect.poll(() => again.length).toBeGreaterThan(5);
  expect(again.map(({ type, position }) => [type, position])).toEqual(again.map((_, index) => ["tick", last + 1 + index]));
});

test("more channels than fit on a socket open another; what no page reads any more is given up at the exchange", async () => {
  const { exchange, page } = await setUp();
  const reader = page();
  const status = statusOf(reader);
  const read = instruments.map(({ symbol }) => reader.read(ticksChannel(symbol), { onMessage: () => undefined, onRefused: () => undefined }));
  await expect.poll(() => [status()?.counts.channels, exchange.connections]).toEqual([12, 2]);
  for (const one of read) one.close();
  await expect.poll(() => status()?.counts.channels).toBe(0);
});

test("a text is whole though the gateway loses its connections again and again", async () => {
  const { exchange, page } = await setUp();
  const reader = page();
  let [text, tokens] = ["", 0];
  await new Promise<void>((resolve, reject) => {
    readText(reader, "w", "What is whole?", {
      onToken: (token) => {
        text += token;
        if (++tokens % 25 === 0) exchange.control({ drop: true });
      },
      onEnd: resolve,
      onRefused: (message) => reject(new Error(message)),
    });
  });
  expect(text).toBe(write("What is whole?", seeded(seedOf(textChannel("w", "What is whole?")))).join(""));
});

test("the fault switches reach the exchange, and every page is told", async () => {
  const { exchange, gateway, page } = await setUp();
  const status = statusOf(page());
  const change = (body: string): Promise<Response> => fetch(`${gateway.url}/api/faults`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  expect(await (await change('{"gap":0.25}')).json()).toMatchObject({ gap: 0.25 });
  expect(exchange.faults.gap).toBe(0.25);
  await expect.poll(() => status()?.faults.gap).toBe(0.25);
  expect([(await change('{"gap":7}')).status, (await change("{")).status, (await change(JSON.stringify({ pad: "x".repeat(2_000) }))).status]).toEqual([400, 400, 413]);
});

test("a page whose own name leads to this machine gets nothing, unless it is the name that the operator gave", async () => {
  const { exchange } = await setUp();
  const gateway = await Gateway.start({ exchangeUrl: exchange.url, pageFolder: import.meta.dirname, publicUrl: new URL("https://market.example"), clock: fast });
  onTestFinished(() => gateway.close());
  const change = async (host: string) => ask(`${gateway.url}/api/faults`, { method: "POST", headers: { "Host": host, "Origin": `https://${host}`, "Content-Type": "application/json" } }, '{"gap":0.25}');
  expect(await change("evil.example:3100")).toEqual({ status: 403, body: expect.stringContaining("PUBLIC_URL=http://name:port") as string });
  await expect(connectWebSocket(gateway.feedUrl, { host: "evil.example" })).rejects.toMatchObject({ statusCode: 403 });
  expect(exchange.faults.gap).toBe(0);
  expect((await change("market.example")).status).toBe(200);
  expect(exchange.faults.gap).toBe(0.25);
});

test("closing is not held up by connections that never send a request", async () => {
  const exchange = await Exchange.start();
  const gateway = await Gateway.start({ exchangeUrl: exchange.url, pageFolder: import.meta.dirname, clock: fast });
  const silent = await Promise.all([exchange.url, gateway.url].map(async (url) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1").resume();
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    return socket;
  }));
  const hungUp = silent.map((socket) => once(socket, "close"));
  await Promise.all([fetch(`${gateway.url}/healthz`), fetch(`${exchange.url.replace("ws", "http")}control`)]); // answered after the silent ones were taken
  await gateway.close();
  await exchange.close();
  await Promise.all(hungUp);
});
