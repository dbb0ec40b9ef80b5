/** Adapters written for socket.io under our server, unchanged: its in-memory one, and Redis between two servers. */
import { createAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import type { AdapterFactory, Server, Socket } from "@x/socketio";
import { adapterContract, type AdapterNamespace } from "@x/socketio/adapter-contract";
import { Adapter } from "socket.io-adapter";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { next, officialClient, ourServer } from "./peers.js";
import { redisProgram, startRedis, type TestRedis } from "./redis.js";

describe("socket.io-adapter's Adapter", () => {
  // alone, it never answers whoever asks the other servers: a documented difference of the in-memory adapters
  const cases = adapterContract.filter(({ isCluster, name }) => !isCluster && !name.startsWith("counts itself"));
  test.each(cases)("$name", ({ run }) => run((nsp) => new Adapter(nsp)));

  test("serves a real server: rooms, acknowledgements, fetchSockets, disconnectSockets", async () => {
    const { server, url } = await ourServer({ adapter: Adapter });
    server.on("connection", (socket) => void socket.join("red"));
    const client = officialClient(url, { transports: ["websocket"] });
    client.on("ask", (ack: (reply: string) => void) => ack("yes"));
    await next(client, "connect");
    const told = next(client, "told");
    server.to("red").emit("told", Buffer.from([1]));
    expect(await told).toEqual([Buffer.from([1])]);
    expect(await server.to("red").timeout(30_000).emitWithAck("ask")).toEqual(["yes"]);
    expect((await server.in("red").fetchSockets()).map(({ id }) => id)).toEqual([client.id]);
    const ended = next(client, "disconnect");
    server.in("red").disconnectSockets();
    expect((await ended)[0]).toBe("io server disconnect");
  });
});

// Without Redis on a developer's machine; with CI=true the suite runs, and fails, instead.
describe.skipIf(redisProgram === undefined && process.env["CI"] !== "true")("@socket.io/redis-adapter on a real Redis", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis(redisProgram ?? "redis-server");
  });
  afterAll(() => redis.stop());

  let keys = 0;
  async function factory(key: string): Promise<AdapterFactory> {
    const [publish, subscribe] = [await redis.connect(), await redis.connect()];
    return createAdapter(publish, subscribe, { key });
  }

  test.each(adapterContract)("$name", async ({ run, isCluster }) => {
    const key = `contract${String(keys++)}`;
    await run(async (nsp: AdapterNamespace) => {
      const adapter = createAdapter(await redis.connect(), await redis.connect(), { key })(nsp);
      if (!isCluster) while (await adapter.serverCount() < 1) await Promise.resolve(); // its subscription is under way
      return adapter;
    });
  });

  async function twoServers(): Promise<{ one: Server; two: Server; urls: [string, string] }> {
    const key = `servers${String(keys++)}`;
    const [first, second] = [await ourServer({ adapter: await factory(key) }), await ourServer({ adapter: await factory(key) })];
    const { adapter } = first.server.sockets;
    while (await adapter.serverCount() < 2) await Promise.resolve();
    return { one: first.server, two: second.server, urls: [first.url, second.url] };
  }

  test("two of our servers share rooms, sockets and words", async () => {
    const { one, two, urls } = await twoServers();
    for (const server of [one, two]) {
      server.on("connection", (socket) => {
        void socket.join("red");
        socket.data = { name: socket.handshake.auth["name"] as string };
      });
    }
    const names = ["Ada", "Bob"] as const;
    const clients = names.map((name, at) => {
      const client = officialClient(urls[at] ?? "", { transports: ["websocket"], auth: { name } });
      client.on("ask", (question: string, ack: (reply: string) => void) => ack(`${name}: ${question}`));
      return client;
    });
    await Promise.all(clients.map((client) => next(client, "connect")));

    const told = clients.map((client) => next(client, "told"));
    one.to("red").emit("told", Buffer.from([1, 2, 3]), "text");
    expect(await Promise.all(told)).toEqual([[Buffer.from([1, 2, 3]), "text"], [Buffer.from([1, 2, 3]), "text"]]);

    const sockets = await one.in("red").fetchSockets();
    expect(sockets.map(({ data }) => (data as { name: string }).name).sort()).toEqual([...names]);
    expect(new Set(sockets.map(({ id }) => id))).toEqual(new Set(clients.map(({ id }) => id)));
    expect((await two.timeout(30_000).emitWithAck("ask", "who")).sort()).toEqual(["Ada: who", "Bob: who"]);

    two.on("word", (word: string, ack: (reply: string) => void) => ack(`heard ${word}`));
    expect(await one.serverSideEmitWithAck("word", "hello")).toEqual(["heard hello"]);

    const [ada, bob] = clients;
    if (ada === undefined || bob === undefined) throw new Error("two clients");
    one.in(bob.id ?? "").socketsJoin("blue");
    while ((await one.in("blue").fetchSockets()).length === 0) await Promise.resolve();
    const ended = next(bob, "disconnect");
    one.in("blue").disconnectSockets(true);
    expect((await ended)[0]).toBe("io server disconnect");
    expect(ada.connected).toBe(true);
  });

  test("fetchSockets answers this server's sockets themselves, and those of the other one with their handshakes and single acknowledgements", async () => {
    const { one, two, urls } = await twoServers();
    const arrivals = [one, two].map((server) => next(server, "connection"));
    const clients = urls.map((url, at) => {
      const client = officialClient(url, { transports: ["websocket"], auth: { at }, reconnection: false });
      client.on("ask", (question: string, ack: (reply: string, more: string) => void) => ack(`${String(at)}: ${question}`, "more"));
      return client;
    });
    const [[near], [far]] = await Promise.all(arrivals) as [[Socket], [Socket]];
    for (const client of clients) if (!client.connected) await next(client, "connect");
    const sockets = await one.fetchSockets();
    expect(sockets.find(({ id }) => id === near.id)).toBe(near);
    const remote = sockets.find(({ id }) => id === far.id);
    if (remote === undefined) throw new Error("two sockets");
    expect(remote.handshake).toMatchObject({ auth: { at: 1 }, address: far.handshake.address, headers: { host: new URL(urls[1]).host }, query: { EIO: "4" } });

    expect(await remote.timeout(30_000).emitWithAck("ask", "who")).toBe("1: who");
    expect(await new Promise((resolve) => remote.timeout(30_000).emit("ask", "and now", (...reply: unknown[]) => resolve(reply)))).toEqual([null, "1: and now"]);
    expect(await new Promise((resolve) => remote.emit("ask", "at last", resolve))).toBe("1: at last");
    expect(await new Promise((resolve) => remote.timeout(20).emit("unheard of", (...reply: unknown[]) => resolve(reply)))).toEqual([expect.objectContaining({ name: "TimeoutError" }), null]);

    const ended = clients[1] === undefined ? Promise.reject(new Error("two clients")) : next(clients[1], "disconnect");
    remote.disconnect();
    expect((await ended)[0]).toBe("io server disconnect");
    await expect(remote.timeout(30_000).emitWithAck("ask", "who")).rejects.toMatchObject({ code: "socketio/unknown-session" });
  });

  test("a program without a server, with @socket.io/redis-emitter: tells rooms, moves clients and disconnects them", async () => {
    const key = `servers${String(keys++)}`;
    const { server, url } = await ourServer({ adapter: await factory(key) });
    server.on("connection", (socket) => void socket.join("red"));
    const client = officialClient(url, { transports: ["websocket"], reconnection: false });
    await next(client, "connect");
    while (await server.sockets.adapter.serverCount() < 1) await Promise.resolve(); // its subscription is under way
    const outside = new Emitter(await redis.connect(), { key });
    const told = next(client, "told");
    outside.to("red").emit("told", "from outside", Buffer.from([1, 2]));
    expect(await told).toEqual(["from outside", Buffer.from([1, 2])]);
    outside.in("red").socketsJoin("blue");
    const moved = next(client, "moved");
    outside.to("blue").emit("moved");
    expect(await moved).toEqual([]);
    const ended = next(client, "disconnect");
    outside.in("blue").disconnectSockets();
    expect((await ended)[0]).toBe("io server disconnect");
  });
});
