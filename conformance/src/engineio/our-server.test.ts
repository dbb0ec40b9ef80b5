/** Our Engine.IO server, as the official client `engine.io-client` 6 sees it. */
import { createServer } from "node:http";
import { type Socket as OurSocket, Server, type ServerOptions, prepareMessage } from "@x/engineio/server";
import { type Listening, listen } from "@x/testkit";
import { Socket as PeerSocket } from "engine.io-client";
import { afterEach, describe, expect, test } from "vitest";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(options: ServerOptions = {}): Promise<{ server: Server; listening: Listening }> {
  const http = createServer();
  const server = new Server(options).attach(http);
  const listening = await listen(http);
  closers.push(() => listening.close(), () => server.close());
  return { server, listening };
}

function peer(url: string, options: { transports: ("polling" | "websocket")[] }): PeerSocket {
  const socket = new PeerSocket(url, options);
  socket.binaryType = "arraybuffer";
  closers.push(() => socket.close());
  return socket;
}

function once<Value>(subscribe: (listener: (value: Value) => void) => unknown): Promise<Value> {
  return new Promise((resolve) => subscribe(resolve));
}

function collect(socket: PeerSocket, count: number): Promise<unknown[]> {
  const got: unknown[] = [];
  return once<unknown[]>((done) => socket.on("message", (data: unknown) => {
    got.push(data);
    if (got.length === count) done(got);
  }));
}

const transportSets: { name: string; transports: ("polling" | "websocket")[] }[] = [
  { name: "polling", transports: ["polling"] },
  { name: "websocket", transports: ["websocket"] },
  { name: "polling, then websocket", transports: ["polling", "websocket"] },
];

describe.each(transportSets)("official client over $name", ({ transports }) => {
  test("text, empty text (which this client reads as undefined), non-ASCII and binary go both ways, in order", async () => {
    const { server, listening } = await serve();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peer(listening.url, { transports });
    const echoed = collect(socket, 5);
    await once((done) => socket.on("open", () => done(undefined)));
    for (const data of ["one", "", "žluťoučký 🐎\u001f", new Uint8Array([0, 30, 255]).buffer, "last"]) socket.send(data);
    const [first, empty, nonAscii, binary, last] = await echoed;
    expect([first, empty ?? "", nonAscii, last]).toEqual(["one", "", "žluťoučký 🐎\u001f", "last"]);
    expect(Buffer.from(binary as ArrayBuffer)).toEqual(Buffer.from([0, 30, 255]));
  });

  test("a burst of 300 messages arrives complete, however it is split", async () => {
    const { server, listening } = await serve();
    const sent = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    server.on("connection", (socket) => sent.forEach((data) => void socket.send(data)));
    const socket = peer(listening.url, { transports });
    expect(await collect(socket, 300)).toEqual(sent);
  });

  test("a message of 300 kB goes both ways", async () => {
    const { server, listening } = await serve();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peer(listening.url, { transports });
    const echoed = collect(socket, 1);
    await once((done) => socket.on("open", () => done(undefined)));
    const big = "ä".repeat(150_000);
    socket.send(big);
    expect(await echoed).toEqual([big]);
  });

  test("heartbeats keep it open; without them it ends with ping timeout", async () => {
    const { server, listening } = await serve({ pingInterval: 60, pingTimeout: 1000 });
    const connected = once<OurSocket>((done) => server.on("connection", done));
    peer(listening.url, { transports });
    const ours = await connected;
    for (let beats = 0; beats < 3; beats++) await once((done) => ours.once("heartbeat", () => done(undefined)));
    expect(ours.readyState).toBe("open");
  });

  test("the client's close, and the server's, are told to the other side", async () => {
    const { server, listening } = await serve();
    const connections: OurSocket[] = [];
    server.on("connection", (socket) => connections.push(socket));
    const one = peer(listening.url, { transports });
    await once((done) => one.on("open", () => done(undefined)));
    const ours = connections[0]!;
    const gone = once<unknown>((done) => ours.on("close", done));
    one.close();
    expect(await gone).toBe("transport close");

    const two = peer(listening.url, { transports });
    await once((done) => two.on("open", () => done(undefined)));
    const told = once<string>((done) => two.on("close", done));
    connections[1]!.close();
    expect(await told).toBe("transport close");
    expect(server.clientsCount).toBe(0);
  });

  test("a prepared message reaches every member", async () => {
    const { server, listening } = await serve();
    const sockets = [peer(listening.url, { transports }), peer(listening.url, { transports })];
    await Promise.all(sockets.map((socket) => once((done) => socket.on("open", () => done(undefined)))));
    const got = Promise.all(sockets.map((socket) => collect(socket, 2)));
    const prepared = [prepareMessage("to all"), prepareMessage(new Uint8Array([9]))];
    for (const message of prepared) for (const socket of Object.values(server.clients)) void socket.sendPrepared(message);
    for (const [text, bytes] of await got) {
      expect(text).toBe("to all");
      expect(Buffer.from(bytes as ArrayBuffer)).toEqual(Buffer.from([9]));
    }
  });
});

describe("official client", () => {
  test("upgrades, and both sides say so", async () => {
    const { server, listening } = await serve();
    const connected = once<OurSocket>((done) => server.on("connection", done));
    const socket = peer(listening.url, { transports: ["polling", "websocket"] });
    await once((done) => socket.on("upgrade", () => done(undefined)));
    const ours = await connected;
    const echoed = collect(socket, 1);
    void ours.send("after");
    expect(await echoed).toEqual(["after"]);
    expect([ours.transport.name, ours.upgraded]).toEqual(["websocket", true]);
  });

  test("stays on polling when upgrades are not allowed", async () => {
    const { server, listening } = await serve({ allowUpgrades: false });
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peer(listening.url, { transports: ["polling", "websocket"] });
    const echoed = collect(socket, 1);
    await once((done) => socket.on("open", () => done(undefined)));
    socket.send("x");
    expect(await echoed).toEqual(["x"]);
    expect(socket.transport.name).toBe("polling");
  });

  test.each(["polling", "websocket"] as const)("is refused by allowRequest over %s", async (transport) => {
    const { listening } = await serve({ allowRequest: (_request, callback) => callback("no entry", false) });
    const socket = peer(listening.url, { transports: [transport] });
    const error = await once<Error>((done) => socket.on("error", (failure) => done(failure as Error)));
    expect(error.message).toBe(transport === "polling" ? "xhr poll error" : "websocket error");
  });

  test("keeps to our maxPayload, and is told by a 413 where it cannot", async () => {
    const { server, listening } = await serve({ maxHttpBufferSize: 1000 });
    server.on("connection", (session) => session.on("message", (data) => void session.send(data)));
    const ended = once<unknown>((done) => server.on("connection", (session) => session.on("close", (_reason, description) => done(description))));
    const socket = peer(listening.url, { transports: ["polling"] });
    const sent = Array.from({ length: 10 }, (_, i) => String(i).repeat(300));
    const echoed = collect(socket, sent.length);
    await once((done) => socket.on("open", () => done(undefined)));
    for (const data of sent) socket.send(data);
    expect(await echoed).toEqual(sent);
    const closed = once<string>((done) => socket.on("close", done));
    socket.send("x".repeat(1000));
    expect(await ended).toMatchObject({ name: "ContentTooLongError", limitBytes: 1000 });
    expect(["transport error", "transport close"]).toContain(await closed);
  });

  test("passes our middlewares on every request, upgrades included", async () => {
    const { server, listening } = await serve();
    const seen: string[] = [];
    server.use((request, _response, next) => {
      seen.push(new URL(request.url ?? "", listening.url).searchParams.get("transport") ?? "");
      next();
    });
    const socket = peer(listening.url, { transports: ["polling", "websocket"] });
    await once((done) => socket.on("upgrade", () => done(undefined)));
    expect([seen[0], seen.includes("websocket")]).toEqual(["polling", true]);
  });

  test("begins with the initial packet", async () => {
    const { listening } = await serve({ initialPacket: "welcome" });
    const socket = peer(listening.url, { transports: ["polling"] });
    expect(await collect(socket, 1)).toEqual(["welcome"]);
  });
});
