/** python-engineio (Debian's 4.3, on aiohttp, requests and websocket-client) against @x/engineio, both ways. */
import { type Connection, connect } from "@x/engineio/client";
import { type ServeOptions, type Server, type Socket as ServerSocket, serve } from "@x/engineio/server";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll, closeLater } from "./peers.js";
import { b64, hasPythonEngine, installPythonEngine, pythonEngineClient, pythonEngineServer } from "./python.js";

afterEach(closeAll);

test.runIf(process.env["CI"] === "true")("python-engineio is installed", () => {
  expect(hasPythonEngine, installPythonEngine).toBe(true);
});

interface Echo {
  readonly server: Server;
  /** The first session. */
  readonly socket: Promise<ServerSocket>;
  readonly closed: Promise<string>;
}

async function ourServer(options: ServeOptions = {}, isEcho = true): Promise<Echo> {
  const server = await serve(options);
  closeLater(() => server.close());
  const socket = new Promise<ServerSocket>((resolve) => server.once("connection", resolve));
  const closed = new Promise<string>((resolve) => server.once("connection", (first) => first.once("close", resolve)));
  if (isEcho) server.on("connection", (each) => each.on("message", (data) => each.send(data)));
  return { server, socket, closed };
}

function theirClient(kind: "async" | "sync", url: string, options: Readonly<Record<string, unknown>> = {}): ReturnType<typeof pythonEngineClient> {
  const peer = pythonEngineClient(kind, url, options);
  closeLater(() => peer.close());
  return peer;
}

async function theirServer(options: Readonly<Record<string, unknown>> = {}): ReturnType<typeof pythonEngineServer> {
  const started = await pythonEngineServer(options);
  closeLater(() => started.peer.close());
  return started;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `message ${index}`);
}

const transportSets = [[["polling"], "polling"], [["websocket"], "websocket"], [["polling", "websocket"], "websocket"]] as const;
const clients = (["async", "sync"] as const).flatMap((kind) => transportSets.map(([transports, last]) => [kind, transports, last] as const));

describe.runIf(hasPythonEngine)("python-engineio's clients on our server", () => {
  test.each(clients)("%s over %j: text, JSON, bytes and a burst go both ways, and its close is heard", async (kind, transports, last) => {
    const { server, socket, closed } = await ourServer();
    const peer = theirClient(kind, server.url, { transports });
    expect(await peer.next("ready")).toEqual([last]);
    const text = kind === "sync" && last === "polling" ? "plain" : "žluťoučký 🐎"; // this client cannot POST other text than Latin-1
    for (const sent of [text, "123", { a: [1] }, b64(0, 30, 255), b64()]) {
      peer.do("send", sent);
      expect(await peer.next("message")).toEqual([sent]);
    }
    peer.do("burst", 100); // one POST of more than 16 packets, answered in payloads of no more than 16, which is all it reads
    const echoed = await peer.nextOf("message", 100);
    // the threads that this client runs handlers in do not keep the order among themselves
    expect(kind === "sync" ? new Set(echoed) : echoed).toEqual(kind === "sync" ? new Set(numbered(100)) : numbered(100));
    expect((await socket).transport.name).toBe(last);
    peer.do("disconnect");
    await peer.next("disconnect");
    expect(await closed).toBe("transport close");
  });

  test.each(clients)("%s over %j: heartbeats keep it open, and it hears the server's close", async (kind, transports) => {
    const { server, socket } = await ourServer({ pingInterval: 50, pingTimeout: 20_000 });
    const peer = theirClient(kind, server.url, { transports });
    await peer.next("ready");
    const ours = await socket;
    for (let beats = 0; beats < 3; beats++) await new Promise<void>((resolve) => ours.once("heartbeat", resolve));
    ours.close();
    expect(await peer.next("disconnect")).toEqual([]);
  });

  test.each(["async", "sync"] as const)("%s: nothing is lost or out of order while it upgrades under traffic", async (kind) => {
    const { server, socket } = await ourServer({}, false);
    const sent = numbered(1000);
    server.once("connection", (each) => sent.forEach((text) => void each.send(text)));
    const peer = theirClient(kind, server.url);
    expect(await peer.next("ready")).toEqual(["websocket"]);
    const got = await peer.nextOf("message", sent.length);
    expect(kind === "sync" ? new Set(got) : got).toEqual(kind === "sync" ? new Set(sent) : sent);
    expect((await socket).upgraded).toBe(true);
  });

  test.each(["async", "sync"] as const)("%s: a refusal is its ConnectionError, with our body", async (kind) => {
    const { server } = await ourServer({ allowRequest: (_request, callback) => callback("no entry", false) });
    const peer = theirClient(kind, server.url, { transports: ["polling"] });
    expect(await peer.next("failed")).toEqual(["Unexpected status code 403 in server response", { code: 4, message: "no entry" }]);
  });
});

describe.runIf(hasPythonEngine)("python-engineio's server and our client", () => {
  function collect(socket: Connection, count: number): Promise<unknown[]> {
    const got: unknown[] = [];
    return new Promise((resolve) => socket.on("message", (data) => {
      if (got.push(data) === count) resolve(got);
    }));
  }

  test.each(transportSets)("over %j: text, bytes and a burst go both ways, and either close is heard", async (transports, last) => {
    const { peer, url } = await theirServer();
    const socket = await connect(url, { transports });
    if (transports.length === 2) await new Promise<void>((resolve) => socket.once("upgrade", () => resolve()));
    expect(socket.transport.name).toBe(last);
    const [sid] = await peer.next("connect");
    expect(sid).toBe(socket.id);
    const sent = ["one", "žluťoučký 🐎", new Uint8Array([0, 30, 255]), ...numbered(100)];
    const echoed = collect(socket, sent.length);
    for (const data of sent) void socket.send(data); // more than 16, so more than one POST
    expect(await echoed).toEqual(sent.map((data) => (typeof data === "string" ? data : Buffer.from(data))));
    socket.close();
    expect(await peer.next("disconnect")).toEqual([sid]);

    const second = await connect(url, { transports });
    const closed = new Promise((resolve) => second.once("close", resolve));
    peer.do("disconnect", second.id);
    // a poll that comes after the server's close() is answered 500 by this server
    expect(["transport close", ...(second.transport.name === "polling" ? ["transport error"] : [])]).toContain(await closed);
  });

  test("nothing is lost or out of order while it upgrades under traffic", async () => {
    const { url } = await theirServer();
    const socket = await connect(url);
    const upgraded = new Promise((resolve) => socket.once("upgrade", resolve));
    const sent = numbered(1000);
    const echoed = collect(socket, sent.length);
    for (const [index, text] of sent.entries()) {
      await socket.send(text);
      if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await upgraded;
    expect(await echoed).toEqual(sent);
    await socket.disconnect();
  });

  test.each(transportSets)("over %j: its heartbeats are answered", async (transports) => {
    const { url } = await theirServer({ ping_interval: 0.05, ping_timeout: 20 });
    const socket = await connect(url, { transports });
    for (let beats = 0; beats < 3; beats++) await new Promise<void>((resolve) => socket.once("heartbeat", resolve));
    expect(socket.readyState).toBe("open");
    socket.close();
  });

  test("what its connect handler returns is the body of our ConnectionError", async () => {
    const { url } = await theirServer({ refuse: { why: "no token" } });
    const error: unknown = await connect(url, { transports: ["polling"] }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: "ConnectionError", httpStatus: 401, body: { why: "no token" } });
  });

  test("quirks: no maxPayload in its handshake, and JSON that comes back as JSON in other words", async () => {
    const { url } = await theirServer();
    const socket = await connect(url, { transports: ["polling"] });
    const echoed = collect(socket, 1);
    void socket.send('{ "a": [ 1 ] }'); // it cannot tell this text from an object
    expect(await echoed).toEqual(['{"a":[1]}']);
    socket.close();
  });
});
