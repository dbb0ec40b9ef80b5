/** What the protocol asks of a server, and what attackers try, as frames on a bare WebSocket. */
import { describe, expect, test } from "vitest";
import type { AdapterFactory } from "@x/socketio";
import { Adapter } from "socket.io-adapter";
import { next, officialClient, officialServer, ourClient, ourServer } from "./peers.js";
import { dial } from "./wire.js";

describe("connection", () => {
  test.each([["40", /^40\{"sid":"[\w-]{20}"\}$/], ['40{"token":"x"}', /^40\{"sid"/], ["40/custom,", /^40\/custom,\{"sid"/], ["40/custom", /^40\/custom,\{"sid"/]])("%s is answered %s", async (sent, answer) => {
    const { server, url } = await ourServer();
    server.of("/custom");
    const wire = await dial(url);
    wire.send(sent);
    expect(await wire.read()).toMatch(answer);
  });

  test("an unknown namespace is refused", async () => {
    const { url } = await ourServer();
    const wire = await dial(url);
    wire.send("40/random");
    expect(await wire.read()).toBe('44/random,{"message":"Invalid namespace"}');
  });

  test("a client that never asks for a namespace is hung up on", async () => {
    const { url } = await ourServer({ connectTimeout: 60 });
    const wire = await dial(url);
    expect(await wire.read()).toBe("closed");
  });
});

describe("what breaks the protocol ends the connection at once", () => {
  test.each([
    "4abc", "42{}", '42abc["a"]', "49", '42["connect"]', '42["disconnect","fake"]', '450-["a"]', '451-["a",{"_placeholder":true,"num":9}]', '451-["a",{"_placeholder":true,"num":"x"}]',
    '44{"message":"x"}', "40", '42/nowhere,["a"]', `4511-${"x".repeat(9)}`, `42${"9".repeat(200)}["a"]`, `42["a",${"[".repeat(5000)}${"]".repeat(5000)}]`,
  ])("%s", async (attack) => {
    const reports: unknown[] = [];
    const { server, url } = await ourServer({ onError: (error) => void reports.push(error) });
    const reason = new Promise((resolve) => void server.on("connection", (socket) => void socket.on("disconnect", resolve)));
    const wire = await dial(url);
    wire.send("40");
    await wire.read();
    wire.send(attack);
    expect(await wire.read()).toBe("closed");
    expect(await reason).toBe("parse error");
    expect(reports).toHaveLength(1);
  });

  test("bytes that nobody announced, and text in their place", async () => {
    const { url } = await ourServer({ onError: () => undefined });
    for (const attack of [[new Uint8Array(3)], ['451-["a",{"_placeholder":true,"num":0}]', '42["b"]']]) {
      const wire = await dial(url);
      wire.send("40");
      await wire.read();
      for (const message of attack) wire.send(message);
      expect(await wire.read()).toBe("closed");
    }
  });

  test.each(["451-/nowhere,", "461-/nowhere,1", "451-/left,"])("bytes for a namespace that the client is not in (%s): hung up on, but for what was on its way when it left", async (head) => {
    const reports: unknown[] = [];
    const { server, url } = await ourServer({ onError: (error) => void reports.push(error) });
    server.of("/left").on("connection", (socket) => socket.disconnect());
    server.on("connection", (socket) => socket.on("are you there", (value: Uint8Array, ack: (length: number) => void) => ack(value.length)));
    const wire = await dial(url);
    wire.send("40");
    await wire.read();
    wire.send("40/left,");
    expect([(await wire.read()).slice(0, 9), await wire.read()]).toEqual(["40/left,{", "41/left,"]);
    for (const message of [`${head}["a",{"_placeholder":true,"num":0}]`, new Uint8Array(3)]) wire.send(message);
    for (const message of ['451-7["are you there",{"_placeholder":true,"num":0}]', new Uint8Array(5)]) wire.send(message);
    const hasLeft = head.includes("/left");
    expect(await wire.read()).toBe(hasLeft ? "437[5]" : "closed");
    expect(reports).toHaveLength(hasLeft ? 0 : 1);
  });

  test("an acknowledgement nobody waits for, id 0 included, does nothing", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => {
      socket.on("go", async () => void socket.emit("answer", await socket.emitWithAck("ask")));
    });
    const wire = await dial(url);
    wire.send("40");
    await wire.read();
    for (const id of [0, 7, 999_999]) wire.send(`43${id}["stray"]`);
    wire.send('42["go"]');
    const asked = await wire.read();
    const id = /^42(\d+)\["ask"\]$/.exec(asked)?.[1] ?? "";
    wire.send(`43${id}["real"]`);
    wire.send(`43${id}["twice"]`);
    expect(await wire.read()).toBe('42["answer","real"]');
  });

  test("too many namespaces on one connection", async () => {
    const { server, url } = await ourServer({ maxNamespacesPerConnection: 3, onError: () => undefined });
    server.of(/^\/n\d$/);
    const wire = await dial(url);
    for (const n of [1, 2, 3]) {
      wire.send(`40/n${n},`);
      expect(await wire.read()).toMatch(/^40\/n/);
    }
    wire.send("40/n4,");
    expect(await wire.read()).toBe("closed");
  });

  test("__proto__ as namespace, room, event and key is only a name", async () => {
    const { server, url } = await ourServer();
    server.of("/__proto__").on("connection", (socket) => {
      void socket.join("__proto__");
      socket.on("__proto__", (value: unknown, ack: (value: unknown) => void) => ack([value, [...socket.rooms].includes("__proto__")]));
    });
    const wire = await dial(url);
    wire.send("40/__proto__,");
    await wire.read();
    wire.send('42/__proto__,1["__proto__",{"__proto__":{"polluted":1},"a":2}]');
    expect(await wire.read()).toBe('43/__proto__,1[[{"a":2},true]]');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

test("a connect handler that throws refuses the client, and what it emitted before is not seen", async () => {
  const reports: unknown[] = [];
  const { server, url } = await ourServer({ onError: (error) => void reports.push(error) });
  server.on("connection", (socket) => {
    socket.emit("secret");
    server.emit("also secret");
    throw new Error("database password is wrong");
  });
  const wire = await dial(url);
  wire.send("40");
  expect(await wire.read()).toBe('44{"message":"Internal server error"}');
  expect(reports).toMatchObject([{ message: "database password is wrong" }]);
  expect(server.sockets.sockets.size).toBe(0);
});

test.each([["socket.io-client", officialClient], ["our client", ourClient]])("a connect handler that rejects when the client has been told already disconnects it: %s", async (_name, dialled) => {
  const reports: unknown[] = [];
  const { server, url } = await ourServer({ onError: (error) => void reports.push(error) });
  server.on("connection", () => Promise.reject(new Error("database is down")));
  const client = dialled(url);
  const ended = next(client, "disconnect");
  await next(client, "connect");
  expect((await ended)[0]).toBe("io server disconnect");
  expect([client.connected, server.sockets.sockets.size]).toEqual([false, 0]);
  expect(reports).toMatchObject([{ message: "database is down" }]);
});

test("what a connect handler emits follows the CONNECT", async () => {
  const { server, url } = await ourServer();
  server.on("connection", (socket) => {
    socket.emit("one", Buffer.from([1]));
    server.emit("two");
  });
  const wire = await dial(url);
  wire.send("40");
  expect((await wire.read()).slice(0, 3)).toBe("40{");
  expect(await wire.read()).toBe('451-["one",{"_placeholder":true,"num":0}]');
  expect(await wire.read()).toBe("\u0001");
  expect(await wire.read()).toBe('42["two"]');
});

test("socket.io's own adapter serves our server", async () => {
  const { server, url } = await ourServer({ adapter: Adapter as AdapterFactory });
  server.on("connection", (socket) => void socket.join("room"));
  const clients = [officialClient(url), ourClient(url)];
  await Promise.all(clients.map((client) => next(client, "connect")));
  const heard = clients.map((client) => next(client, "news"));
  server.to("room").emit("news", { bytes: Buffer.from([1]) });
  expect(await Promise.all(heard)).toHaveLength(2);
  for (const client of clients) client.on("who", (ack: (id: string | undefined) => void) => ack(client.id));
  expect((await server.timeout(30_000).emitWithAck("who")).toSorted()).toEqual(clients.map(({ id }) => id).toSorted());
  expect(await server.in("room").fetchSockets()).toHaveLength(2);
});

describe("a lost server", () => {
  test("our client hears why, comes back to a new one on the same port, and sends what it kept", async () => {
    const first = await officialServer();
    const client = ourClient(first.url, { transports: ["websocket"], reconnectionDelay: 5, reconnectionDelayMax: 20 });
    await next(client, "connect");
    const lost = next(client, "disconnect");
    await first.server.close();
    expect((await lost)[0]).toBe("transport close");
    client.emit("kept", 1);
    const { server: again } = await ourServer({ port: Number(new URL(first.url).port) });
    const heard = new Promise((resolve) => void again.on("connection", (socket) => void socket.on("kept", resolve)));
    expect(await heard).toBe(1);
  });

  test("our client comes back when it is lost in the middle of an upgrade", async () => {
    const first = await officialServer();
    const client = ourClient(first.url, { reconnectionDelay: 5, reconnectionDelayMax: 20 });
    await next(client, "connect");
    const lost = next(client, "disconnect");
    await first.server.close();
    expect((await lost)[0]).toMatch(/^transport (close|error)$/);
    await ourServer({ port: Number(new URL(first.url).port) });
    await next(client, "connect");
    expect(client.connected).toBe(true);
  });

  test("socket.io-client comes back to ours", async () => {
    const first = await ourServer();
    const client = officialClient(first.url, { transports: ["websocket"], reconnectionDelay: 5, reconnectionDelayMax: 20 });
    await next(client, "connect");
    const lost = next(client, "disconnect");
    await first.server.close();
    expect((await lost)[0]).toBe("transport close");
    await ourServer({ port: Number(new URL(first.url).port) });
    await next(client, "connect");
    expect(client.connected).toBe(true);
  });
});
