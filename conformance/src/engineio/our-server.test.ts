/** Our Engine.IO server, as the official client `engine.io-client` 6 sees it. */
import { type Socket as OurSocket, prepareMessage } from "@x/engineio/server";
import type { Socket as PeerSocket } from "engine.io-client";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, once, ourServer, peerClient, transportSets } from "./peers.js";

afterEach(closeAll);

function collect(socket: PeerSocket, count: number): Promise<unknown[]> {
  const got: unknown[] = [];
  return once<unknown[]>((done) => socket.on("message", (data: unknown) => {
    got.push(data);
    if (got.length === count) done(got);
  }));
}

describe.each(transportSets)("official client over $name", ({ transports }) => {
  test("text, empty text (which this client reads as undefined), non-ASCII and binary go both ways, in order", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peerClient(url, { transports });
    const echoed = collect(socket, 5);
    await once((done) => socket.on("open", () => done(undefined)));
    for (const data of ["one", "", "žluťoučký 🐎\u001f", new Uint8Array([0, 30, 255]).buffer, "last"]) socket.send(data);
    const [first, empty, nonAscii, binary, last] = await echoed;
    expect([first, empty ?? "", nonAscii, last]).toEqual(["one", "", "žluťoučký 🐎\u001f", "last"]);
    expect(Buffer.from(binary as ArrayBuffer)).toEqual(Buffer.from([0, 30, 255]));
  });

  test("a burst of 300 messages arrives complete, however it is split", async () => {
    const { server, url } = await ourServer();
    const sent = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    server.on("connection", (socket) => sent.forEach((data) => void socket.send(data)));
    const socket = peerClient(url, { transports });
    expect(await collect(socket, 300)).toEqual(sent);
  });

  test("a message of 300 kB goes both ways", async () => {
    const { server, url } = await ourServer();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peerClient(url, { transports });
    const echoed = collect(socket, 1);
    await once((done) => socket.on("open", () => done(undefined)));
    const big = "ä".repeat(150_000);
    socket.send(big);
    expect(await echoed).toEqual([big]);
  });

  test("heartbeats keep it open; without them it ends with ping timeout", async () => {
    const { server, url } = await ourServer({ pingInterval: 60, pingTimeout: 20_000 });
    const connected = once<OurSocket>((done) => server.on("connection", done));
    peerClient(url, { transports });
    const ours = await connected;
    for (let beats = 0; beats < 3; beats++) await once((done) => ours.once("heartbeat", () => done(undefined)));
    expect(ours.readyState).toBe("open");
  });

  test("the client's close, and the server's, are told to the other side", async () => {
    const { server, url } = await ourServer();
    const connections: OurSocket[] = [];
    server.on("connection", (socket) => connections.push(socket));
    const one = peerClient(url, { transports });
    await once((done) => one.on("open", () => done(undefined)));
    const ours = connections[0]!;
    const gone = once<unknown>((done) => ours.on("close", done));
    one.close();
    expect(await gone).toBe("transport close");

    const two = peerClient(url, { transports });
    await once((done) => two.on("open", () => done(undefined)));
    const told = once<string>((done) => two.on("close", done));
    connections[1]!.close();
    expect(await told).toBe("transport close");
    expect(server.clientsCount).toBe(0);
  });

  test("a prepared message reaches every member", async () => {
    const { server, url } = await ourServer();
    const sockets = [peerClient(url, { transports }), peerClient(url, { transports })];
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
    const { server, url } = await ourServer();
    const connected = once<OurSocket>((done) => server.on("connection", done));
    const socket = peerClient(url, { transports: ["polling", "websocket"] });
    await once((done) => socket.on("upgrade", () => done(undefined)));
    const ours = await connected;
    const echoed = collect(socket, 1);
    void ours.send("after");
    expect(await echoed).toEqual(["after"]);
    expect([ours.transport.name, ours.upgraded]).toEqual(["websocket", true]);
  });

  test("stays on polling when upgrades are not allowed", async () => {
    const { server, url } = await ourServer({ allowUpgrades: false });
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    const socket = peerClient(url, { transports: ["polling", "websocket"] });
    const echoed = collect(socket, 1);
    await once((done) => socket.on("open", () => done(undefined)));
    socket.send("x");
    expect(await echoed).toEqual(["x"]);
    expect(socket.transport.name).toBe("polling");
  });

  test.each(["polling", "websocket"] as const)("is refused by allowRequest over %s", async (transport) => {
    const { url } = await ourServer({ allowRequest: (_request, callback) => callback("no entry", false) });
    const socket = peerClient(url, { transports: [transport] });
    const error = await once<Error>((done) => socket.on("error", (failure) => done(failure as Error)));
    expect(error.message).toBe(transport === "polling" ? "xhr poll error" : "websocket error");
  });

  test("keeps to our maxPayload, and is told by a 413 where it cannot", async () => {
    const { server, url } = await ourServer({ maxHttpBufferSize: 1000 });
    server.on("connection", (session) => session.on("message", (data) => void session.send(data)));
    const ended = once<unknown>((done) => server.on("connection", (session) => session.on("close", (_reason, description) => done(description))));
    const socket = peerClient(url, { transports: ["polling"] });
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
    const { server, url } = await ourServer();
    const seen: string[] = [];
    server.use((request, _response, next) => {
      seen.push(new URL(request.url ?? "", url).searchParams.get("transport") ?? "");
      next();
    });
    const socket = peerClient(url, { transports: ["polling", "websocket"] });
    await once((done) => socket.on("upgrade", () => done(undefined)));
    expect([seen[0], seen.includes("websocket")]).toEqual(["polling", true]);
  });

  test("begins with the initial packet", async () => {
    const { url } = await ourServer({ initialPacket: "welcome" });
    const socket = peerClient(url, { transports: ["polling"] });
    expect(await collect(socket, 1)).toEqual(["welcome"]);
  });
});
