/** Side by side with reconnecting-websocket and partysocket, against one server: what is the same, and what is not. */
import PartyWebSocket from "partysocket/ws";
import ReconnectingWebSocket from "reconnecting-websocket";
import { serve, type ServeOptions, type WebSocketConnection } from "@x/simple-ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket as NativeWebSocket } from "ws";
import { rawSerializer, ResilientSocket, type ResilientSocketOptions, type UrlSource } from "../../src/resilient.js";
import { failure } from "./fake-transport.js";

/** What both have in common. */
interface Peer {
  readonly readyState: number;
  readonly protocol: string;
  send(data: string): unknown;
  close(code?: number): void;
  reconnect(): void;
  addEventListener(type: "open" | "close" | "message" | "error", listener: (event: { readonly code?: number; readonly data?: unknown }) => void): void;
}
type PeerClass = new (url: string | (() => string | Promise<string>), protocols: string[], options: Record<string, unknown>) => Peer;

const peers: readonly (readonly [name: string, PeerClass])[] = [
  ["reconnecting-websocket", ReconnectingWebSocket as unknown as PeerClass], // a CommonJS module, whose types say something else
  ["partysocket", PartyWebSocket as unknown as PeerClass],
];
const quickly = { WebSocket: NativeWebSocket, minReconnectionDelay: 1, maxReconnectionDelay: 5, connectionTimeout: 10_000 };

interface Server {
  readonly url: string;
  readonly connections: WebSocketConnection[];
  readonly heard: string[];
}

async function server(options: Omit<ServeOptions, "onConnection"> = {}): Promise<Server> {
  const [connections, heard]: [WebSocketConnection[], string[]] = [[], []];
  const running = await serve({ closeTimeoutMs: 10_000, ...options, onConnection: (connection) => {
    connections.push(connection);
    connection.attach({ onMessage: (data) => heard.push(String(data)), onClose: () => undefined });
  } });
  onTestFinished(() => running.close());
  return { url: running.url, connections, heard };
}

function peer(Class: PeerClass, url: ConstructorParameters<PeerClass>[0], options: Record<string, unknown> = {}, protocols: string[] = []): Peer & { readonly told: string[] } {
  const socket = new Class(url, protocols, { ...quickly, ...options });
  onTestFinished(() => socket.close());
  const told: string[] = [];
  socket.addEventListener("open", () => told.push("open"));
  socket.addEventListener("close", ({ code }) => told.push(`close ${String(code)}`));
  socket.addEventListener("message", ({ data }) => told.push(`message ${String(data)}`));
  return Object.assign(socket, { told });
}

function ours(url: UrlSource, options: ResilientSocketOptions<string, string> = {}): { readonly socket: ResilientSocket<string, string>; readonly told: string[] } {
  const socket = new ResilientSocket<string, string>(url, { serializer: rawSerializer, reconnect: { baseMs: 1, capMs: 5 }, closeTimeoutMs: 10_000, ...options });
  onTestFinished(() => void socket.close());
  const told: string[] = [];
  socket.on("connected", () => told.push("open"));
  socket.on("disconnected", ({ code }) => told.push(`close ${code}`));
  socket.on("message", ({ data }) => told.push(`message ${data}`));
  return { socket, told };
}

describe.each(peers)("%s", (_, Class) => {
  test("open, message, close, open: the same events in the same order", async () => {
    const { url, connections } = await server();
    const theirs = peer(Class, url);
    await expect.poll(() => theirs.told).toEqual(["open"]);
    const { socket, told } = ours(url);
    await socket.connect();
    for (const connection of [...connections]) {
      await connection.send("hello");
      await connection.close(4000);
    }
    const expected = ["open", "message hello", "close 4000", "open"];
    await expect.poll(() => [theirs.told, told]).toEqual([expected, expected]);
  });

  test("what is sent before there is a connection leaves in order, with an outbox", async () => {
    const there = await server();
    const theirs = peer(Class, there.url);
    for (const text of ["a", "b", "c"]) theirs.send(text);
    await expect.poll(() => there.heard).toEqual(["a", "b", "c"]);
    const here = await server();
    const { socket } = ours(here.url, { outbox: true });
    for (const text of ["a", "b", "c"]) void socket.send(text);
    await socket.connect();
    await expect.poll(() => here.heard).toEqual(["a", "b", "c"]);
  });

  test("a full queue: there messages vanish, here send() throws, or the policy says which goes", async () => {
    const there = await server();
    const theirs = peer(Class, there.url, { maxEnqueuedMessages: 2 });
    for (const text of ["a", "b", "c"]) theirs.send(text);
    await expect.poll(() => there.heard).toEqual(["a", "b"]);
    const here = await server();
    const { socket } = ours(here.url, { outbox: { capacity: 2 } });
    for (const text of ["a", "b"]) void socket.send(text);
    expect(() => void socket.send("c")).toThrow(expect.objectContaining({ code: "pool/buffer-overflow" }) as Error);
    await socket.connect();
    await expect.poll(() => here.heard).toEqual(["a", "b"]);
  });

  test("a function as URL is asked for every attempt", async () => {
    const { url, connections } = await server();
    const asked = { there: 0, here: 0 };
    const theirs = peer(Class, () => `${url}?there=${++asked.there}`);
    await expect.poll(() => theirs.told).toEqual(["open"]);
    const { socket } = ours(() => Promise.resolve(`${url}?here=${++asked.here}`));
    await socket.connect();
    for (const connection of [...connections]) connection.terminate();
    await expect.poll(() => [asked, connections.length]).toEqual([{ there: 2, here: 2 }, 4]);
  });

  test("subprotocols", async () => {
    const { url } = await server({ subprotocols: ["v2", "v1"] });
    const theirs = peer(Class, url, {}, ["v1"]);
    const { socket } = ours(url, { connection: { subprotocols: ["v1"] } });
    await socket.connect();
    await expect.poll(() => [theirs.protocol, socket.protocol]).toEqual(["v1", "v1"]);
  });

  test("close codes that say never: there it comes back, here it does not", async () => {
    const { url, connections } = await server();
    const theirs = peer(Class, url);
    await expect.poll(() => theirs.told).toEqual(["open"]);
    await connections[0]?.close(4401, "sign in");
    await expect.poll(() => theirs.told).toEqual(["open", "close 4401", "open"]);
    const { socket, told } = ours(url);
    const ended = failure(socket.run());
    await expect.poll(() => told).toEqual(["open"]);
    await connections.at(-1)?.close(4401, "sign in");
    expect(await ended).toMatchObject({ name: "ConnectionClosedError", closeCode: 4401 });
    expect([socket.state, told]).toEqual(["failed", ["open", "close 4401"]]);
  });

  test("HTTP 401: there it tries for ever, here it stops and tells", async () => {
    let visits = 0;
    const { url } = await server({ verify: () => {
      visits++;
      return { statusCode: 401 };
    } });
    peer(Class, url);
    await expect.poll(() => visits).toBeGreaterThan(3);
    expect(await failure(ours(url).socket.connect())).toMatchObject({ name: "ConnectionRefusedError", httpStatus: 401 });
  });

  test("reconnect() is close() and connect()", async () => {
    const { url, connections } = await server();
    const theirs = peer(Class, url);
    await expect.poll(() => theirs.told).toEqual(["open"]);
    theirs.reconnect();
    await expect.poll(() => connections.length).toBe(2);
    const { socket } = ours(url);
    await socket.connect();
    await socket.close();
    await socket.connect();
    await expect.poll(() => [connections.length, socket.isConnected]).toEqual([4, true]);
  });

  test("close() is the end", async () => {
    const { url, connections } = await server();
    const theirs = peer(Class, url);
    const { socket, told } = ours(url);
    await socket.connect();
    await expect.poll(() => [theirs.told, told]).toEqual([["open"], ["open"]]);
    theirs.close(4001);
    await socket.close(4001);
    await expect.poll(() => [theirs.told, told]).toEqual([["open", "close 4001"], ["open", "close 4001"]]);
    expect([connections.length, theirs.readyState, socket.state]).toEqual([2, NativeWebSocket.CLOSED, "closed"]);
  });
});
