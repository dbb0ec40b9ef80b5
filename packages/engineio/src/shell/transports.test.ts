/** Which transports a client takes, in which order, with which options; and transports of the caller's. */
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type WebSocketConnection, connect as connectWebSocket } from "@x/simple-ws/client";
import { listen, settle } from "@x/testkit";
import { WebSocket as UndiciWebSocket } from "undici";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { next, serve } from "../../test/http.js";
import * as node from "../client.js";
import * as web from "../client.web.js";
import { type PacketStream, type StreamSettings, streamTransport } from "../transport.js";
import { parseClientOptions, requestSettings } from "./client-options.js";
import { ClientSocket } from "./client-socket.js";

const globals = globalThis as { WebSocket?: unknown };
const before = globals.WebSocket;
beforeAll(() => { globals.WebSocket = UndiciWebSocket; }); // Node 20 has fetch, but no WebSocket
afterAll(() => { globals.WebSocket = before; });

const platforms = [
  { platform: "node", connect: node.connect, SocketWithoutUpgrade: node.SocketWithoutUpgrade },
  { platform: "web", connect: web.connect, SocketWithoutUpgrade: web.SocketWithoutUpgrade },
];

/** A stream over a WebSocket, as somebody outside would write it. */
async function open(url: string, { signal, subprotocols }: StreamSettings): Promise<PacketStream> {
  const connection: WebSocketConnection = await connectWebSocket(url.replace(/^http/, "ws"), { signal, subprotocols });
  return {
    name: "carrier pigeon",
    send: (packet) => connection.send(packet),
    listen: (listener) => connection.attach({ onMessage: (data) => listener.onPacket(data), onClose: () => listener.onClose() }),
    close: (code) => void connection.close(code),
  };
}

const openWire = `0${JSON.stringify({ sid: "s", upgrades: [], pingInterval: 25_000, pingTimeout: 20_000 })}`;

async function answering(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listening = await listen(createServer(listener));
  onTestFinished(() => listening.close());
  return listening.url;
}

describe.each(platforms)("client on $platform", ({ connect, SocketWithoutUpgrade }) => {
  test("a transport of the caller's opens the session, or takes over from polling", async () => {
    const { url, server } = await serve();
    server.on("connection", (socket) => socket.on("message", (data) => void socket.send(data)));
    for (const transports of [[streamTransport("websocket", open)], ["polling", streamTransport("websocket", open)]] as const) {
      await using client = await connect(url, { transports });
      if (transports.length === 2) await next((done) => client.once("upgrade", done));
      expect(client.transport.name).toBe("carrier pigeon");
      void client.send("text");
      void client.send(new Uint8Array([1, 2, 3]));
      expect([await client.receive(), Array.from(await client.receive() as Uint8Array)]).toEqual(["text", [1, 2, 3]]);
    }
  });

  test("one that fails: the session goes on with polling, or the next one is tried", async () => {
    const { url } = await serve();
    const broken = streamTransport("websocket", () => Promise.reject(new Error("no pigeons")));
    await using client = await connect(url, { transports: ["polling", broken] });
    expect(await next<Error>((done) => client.once("upgradeError", done))).toMatchObject({ code: "engineio/upgrade-failed", cause: { message: "no pigeons" } });
    expect([client.readyState, client.transport.name]).toEqual(["open", "polling"]);
    await using other = await connect(url, { transports: [broken, "polling"], tryAllTransports: true, upgrade: false });
    expect(other.transport.name).toBe("polling");
    await using third = await connect(url, { transports: ["polling", broken, "websocket"] }); // the first that opens
    expect(await next<{ name: string }>((done) => third.once("upgrade", done))).toMatchObject({ name: "websocket" });
    await expect(connect(url, { transports: [broken] })).rejects.toMatchObject({ name: "ConnectionError", cause: { message: "no pigeons" } });
  });

  test("one that opens too late is closed", async () => {
    const { url } = await serve();
    const closed: number[] = [];
    let finish: () => void = () => undefined;
    const late = streamTransport("websocket", () => new Promise((resolve) => (finish = () => resolve({ name: "late", send: () => undefined, listen: () => undefined, close: (code) => void closed.push(code) }))));
    const abort = new AbortController();
    const connecting = connect(url, { transports: [late], signal: abort.signal });
    abort.abort();
    await expect(connecting).rejects.toMatchObject({ code: "engineio/aborted" });
    finish();
    await settle();
    expect(closed).toEqual([1000]);
  });

  test("SocketWithoutUpgrade stays with its first transport", async () => {
    const { url } = await serve();
    const client = new SocketWithoutUpgrade(url);
    const events: string[] = [];
    client.on("upgrading", () => events.push("upgrading"));
    await next((done) => client.once("open", () => done(1)));
    await new Promise<void>((resolve) => void client.send("x", resolve));
    expect([events, client.transport.name]).toEqual([[], "polling"]);
    client.close();
  });

  test("transportOptions: headers of one transport take the place of those for all", async () => {
    const { url, sockets } = await serve();
    await using client = await connect(url, { transports: ["polling"], extraHeaders: { "X-All": "1" }, transportOptions: { polling: { extraHeaders: { "X-Polling": "1" } } } });
    expect([client.readyState, sockets[0]?.request.headers["x-polling"], sockets[0]?.request.headers["x-all"]]).toEqual(["open", "1", undefined]);
  });

  test("a server of another version of the protocol", async () => {
    const url = await answering((_request, response) => response.end(`${openWire.length}:${openWire}2:40`)); // as engine.io 3 does
    await expect(connect(url, { transports: ["polling"] })).rejects.toMatchObject({ name: "ConnectionError", cause: { name: "UnknownPacketError", code: "engineio/unsupported-version" }, retryable: false });
  });
});

test("rememberUpgrade after a transport of the caller's: not a WebSocket", async () => {
  const { url } = await serve();
  ClientSocket.priorWebsocketSuccess = true;
  await using client = await node.connect(url, { transports: ["polling", streamTransport("websocket", open)] });
  await next((done) => client.once("upgrade", done));
  expect(ClientSocket.priorWebsocketSuccess).toBe(false);
});

test.each([{ transports: ["smoke"] }, { transports: [undefined] }])("transports %o are refused", (options) => {
  expect(() => parseClientOptions(options as never)).toThrow(expect.objectContaining({ code: "engineio/invalid-option" }));
});

test("settings of a transport named like a part of every object are those for all", () => {
  const opts = parseClientOptions({ extraHeaders: { a: "1" }, protocols: "p", transportOptions: {} });
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(requestSettings(opts, name)).toEqual({ headers: { a: "1" }, withCredentials: false, subprotocols: ["p"], maxMessageBytes: opts.maxMessageBytes });
  }
});
