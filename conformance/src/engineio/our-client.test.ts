/** Our Engine.IO client (Node), as it gets on with the official server `engine.io` 6. */
import { type Connection, ConnectionError, connect } from "@x/engineio/client";
import type { Server as PeerServer, Socket as PeerSocket } from "engine.io";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, once, peerServer, transportSets } from "./peers.js";

afterEach(closeAll);

function collect(socket: Connection, count: number): Promise<unknown[]> {
  const got: unknown[] = [];
  return once<unknown[]>((done) => socket.on("message", (data) => {
    got.push(data);
    if (got.length === count) done(got);
  }));
}

function echo(server: PeerServer): void {
  server.on("connection", (socket: PeerSocket) => socket.on("message", (data: unknown) => socket.send(data as string)));
}

describe.each(transportSets)("official server over $name", ({ transports }) => {
  test("text, empty text, non-ASCII and binary go both ways, in order", async () => {
    const { server, url } = await peerServer();
    echo(server);
    const socket = await connect(url, { transports });
    const echoed = collect(socket, 5);
    const sent = ["one", "", "žluťoučký 🐎\u001f", new Uint8Array([0, 30, 255]), "last"];
    for (const data of sent) void socket.send(data);
    expect(await echoed).toEqual(sent.map((data) => (typeof data === "string" ? data : Buffer.from(data))));
    socket.close();
  });

  test("a burst of 300 messages arrives complete both ways", async () => {
    const { server, url } = await peerServer();
    echo(server);
    const socket = await connect(url, { transports });
    const sent = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    const echoed = collect(socket, 300);
    sent.forEach((data) => void socket.send(data));
    expect(await echoed).toEqual(sent);
    socket.close();
  });

  test("a message of 300 kB goes both ways", async () => {
    const { server, url } = await peerServer();
    echo(server);
    const socket = await connect(url, { transports });
    const echoed = collect(socket, 1);
    const big = "ä".repeat(150_000);
    void socket.send(big);
    expect(await echoed).toEqual([big]);
    socket.close();
  });

  test("it answers heartbeats", async () => {
    const { server, url } = await peerServer({ pingInterval: 60, pingTimeout: 20_000 });
    const connected = once<PeerSocket>((done) => server.on("connection", done));
    const socket = await connect(url, { transports });
    const peer = await connected;
    for (let beats = 0; beats < 3; beats++) await once((done) => peer.once("heartbeat", () => done(undefined)));
    expect(socket.readyState).toBe("open");
    socket.close();
  });

  test("the server's close, and the client's, are told to the other side", async () => {
    const { server, url } = await peerServer();
    const connections: PeerSocket[] = [];
    server.on("connection", (socket: PeerSocket) => connections.push(socket));
    const one = await connect(url, { transports });
    const told = once<string>((done) => one.on("close", done));
    connections[0]!.close();
    expect(await told).toBe("transport close");
    expect(() => void one.send("late")).toThrow(expect.objectContaining({ code: "engineio/socket-closed", reason: "transport close" }));

    const two = await connect(url, { transports });
    const gone = once<string>((done) => connections[1]!.on("close", done));
    two.close();
    expect(await gone).toBe("transport close");
  });
});

describe("official server", () => {
  test("is upgraded to WebSocket, and both sides say so", async () => {
    const { server, url } = await peerServer();
    const connected = once<PeerSocket>((done) => server.on("connection", done));
    const socket = await connect(url);
    await once((done) => socket.once("upgrade", () => done(undefined)));
    const peer = await connected;
    const echoed = once((done) => peer.on("message", done));
    void socket.send("after");
    expect(await echoed).toBe("after");
    expect([socket.transport.name, peer.transport.name]).toEqual(["websocket", "websocket"]);
    socket.close();
  });

  test.each(["polling", "websocket"] as const)("refuses over %s: connect() rejects with its status", async (transport) => {
    const { url } = await peerServer({ allowRequest: (_request, callback) => callback("no entry", false) });
    const error: unknown = await connect(url, { transports: [transport] }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ConnectionError);
    // over WebSocket this server answers 400 with the bare message
    expect(error).toMatchObject(transport === "polling" ? { httpStatus: 403, body: { code: 4, message: "no entry" } } : { httpStatus: 400, body: "no entry" });
  });

  test("takes options of the peer that mean nothing here", async () => {
    const { server, url } = await peerServer();
    echo(server);
    const socket = await connect(url, { transports: ["polling"], forceBase64: true, useNativeTimers: true });
    const echoed = collect(socket, 1);
    void socket.send(new Uint8Array([1, 2]));
    expect(await echoed).toEqual([Buffer.from([1, 2])]);
    socket.close();
  });

  test("splits what is sent to the server's maxPayload", async () => {
    const { server, url } = await peerServer({ maxHttpBufferSize: 1000 });
    echo(server);
    const socket = await connect(url, { transports: ["polling"] });
    const echoed = collect(socket, 10);
    for (let i = 0; i < 10; i++) void socket.send(`${i}`.repeat(300));
    expect(await echoed).toEqual(Array.from({ length: 10 }, (_, i) => `${i}`.repeat(300)));
    expect(() => void socket.send("x".repeat(1000))).toThrow(expect.objectContaining({ code: "engineio/content-too-long", limitBytes: 1000, actualBytes: 1001 }));
    socket.close();
  });
});
