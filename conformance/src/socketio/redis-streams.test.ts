/** @socket.io/redis-streams-adapter, unchanged, under two of our servers on a real Redis: a client comes back to the other one. */
import { createAdapter } from "@socket.io/redis-streams-adapter";
import { type AdapterFactory, type Server } from "@x/socketio";
import { settle } from "@x/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { next, officialClient, ourClient, ourServer } from "./peers.js";
import { redisProgram, startRedis, type TestRedis } from "./redis.js";

// Without Redis on a developer's machine; with CI=true the suite runs, and fails, instead.
describe.skipIf(redisProgram === undefined && process.env["CI"] !== "true")("@socket.io/redis-streams-adapter", () => {
  let redis: TestRedis;
  let admin: Awaited<ReturnType<TestRedis["connect"]>>;
  beforeAll(async () => {
    redis = await startRedis(redisProgram ?? "redis-server");
    admin = await redis.connect();
  });
  afterAll(() => redis.stop());

  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await settle();
  }

  async function server(streamName: string): Promise<{ server: Server; url: string }> {
    const adapter = createAdapter(await redis.connect(), { streamName, blockTimeInMs: 100 }) as AdapterFactory;
    const started = await ourServer({ adapter, connectionStateRecovery: {} });
    started.server.on("connection", (socket) => {
      if (!socket.recovered) void socket.join("red");
      socket.data = { name: "Ada" };
    });
    return started;
  }

  test.each([["socket.io-client", officialClient], ["our client", ourClient]] as const)("%s gets its id, rooms, data and what it missed, bytes too, from another server", async (name, dial) => {
    const [one, two] = [await server(name), await server(name)];
    await until(async () => (await one.server.sockets.adapter.serverCount()) === 2);
    const client = dial(one.url, { transports: ["websocket"], reconnection: false });
    const heard: unknown[] = [];
    client.on("event", (value: unknown) => void heard.push(value));
    await next(client, "connect");
    const { id } = client;
    const live = next(client, "event");
    one.server.to("red").emit("event", 0);
    await live;

    const lost = next(client, "disconnect");
    client.io.engine.close();
    await lost;
    await until(async () => (await admin.keys("sio:session:*")).length === 1);
    two.server.to("red").emit("event", 1);
    await until(async () => (await admin.xLen(name)) >= 2); // each server has a connection of its own to Redis
    one.server.to("blue").emit("event", "not in it");
    one.server.to("red").emit("event", Buffer.from([2]));
    await until(async () => (await admin.xLen(name)) >= 4);

    Object.assign(client.io, { uri: two.url });
    const [arrived, back] = [next(two.server, "connection"), next(client, "connect")];
    client.connect();
    await back;
    const [socket] = (await arrived) as [{ id: string; recovered: boolean; rooms: Set<string>; data: unknown }];
    expect([client.recovered, client.id, socket.id, socket.recovered, socket.rooms, socket.data]).toEqual([true, id, id, true, new Set([id, "red"]), { name: "Ada" }]);
    const last = new Promise<void>((resolve) => client.on("event", (value: unknown) => {
      if (value === "last") resolve();
    }));
    one.server.to("red").emit("event", "last");
    await last;
    expect(heard).toEqual([0, 1, Buffer.from([2]), "last"]);

    client.disconnect();
    await Promise.all([one.server.close(), two.server.close()]);
    await until(async () => (await admin.clientList()).every(({ cmd }) => cmd !== "xread")); // their readers are gone
  });
});
