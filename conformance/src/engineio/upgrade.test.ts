/** Upgrades under traffic, ours with the official peers: thousands of messages both ways, none lost, doubled or out of order. */
import { connect } from "@x/engineio/client";
import type { Socket as PeerServerSocket } from "engine.io";
import { afterEach, expect, test } from "vitest";
import { closeAll, once, ourServer, peerClient, peerServer } from "./peers.js";

afterEach(closeAll);

const COUNT = 3000;
/** Heartbeats fall due all the time, too. */
const heartbeat = { pingInterval: 20, pingTimeout: 20_000 };

/** Every message says its number; each seventh in bytes, each hundredth long. */
function message(index: number): string | Uint8Array {
  const text = index % 100 === 0 ? `${index} ${"é".repeat(5000)}` : String(index);
  return index % 7 === 0 ? new TextEncoder().encode(text) : text;
}

function numberOf(data: unknown): number {
  return Number.parseInt(typeof data === "string" ? data : new TextDecoder().decode(data as Uint8Array), 10);
}

/** Sends all, a few per turn of the event loop, so that they are spread over the whole upgrade. */
async function sendAll(send: (data: string | Uint8Array) => unknown): Promise<void> {
  for (let index = 0; index < COUNT; index++) {
    await send(message(index));
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Resolves with the numbers of the first `COUNT` messages. */
function numbers(subscribe: (listener: (data: unknown) => void) => unknown): Promise<number[]> {
  const got: number[] = [];
  return new Promise((resolve) => subscribe((data) => {
    if (got.push(numberOf(data)) === COUNT) resolve(got);
  }));
}

const all = Array.from({ length: COUNT }, (_, index) => index);

test("our server, official client", async () => {
  const { server, url } = await ourServer(heartbeat);
  const toServer = new Promise<number[]>((resolve) => server.once("connection", (socket) => {
    void numbers((listener) => socket.on("message", listener)).then(resolve);
    void sendAll((data) => socket.send(data));
  }));
  const client = peerClient(url);
  const upgraded = once((done) => client.once("upgrade", () => done(undefined)));
  const toClient = numbers((listener) => client.on("message", listener));
  await once((done) => client.once("open", () => done(undefined)));
  void sendAll((data) => client.send(data));
  await upgraded;
  expect(await toServer).toEqual(all);
  expect(await toClient).toEqual(all);
});

test("official server, our client", async () => {
  const { server, url } = await peerServer(heartbeat);
  const toServer = new Promise<number[]>((resolve) => server.once("connection", (socket: PeerServerSocket) => {
    void numbers((listener) => socket.on("message", listener)).then(resolve);
    void sendAll((data) => socket.send(data));
  }));
  const client = await connect(url);
  const upgraded = once((done) => client.once("upgrade", () => done(undefined)));
  const toClient = numbers((listener) => client.on("message", listener));
  void sendAll((data) => client.send(data));
  await upgraded;
  expect(await toServer).toEqual(all);
  expect(await toClient).toEqual(all);
});

test("our server, our client", async () => {
  const { server, url } = await ourServer(heartbeat);
  const toServer = new Promise<number[]>((resolve) => server.once("connection", (socket) => {
    void numbers((listener) => socket.on("message", listener)).then(resolve);
    void sendAll((data) => socket.send(data));
  }));
  const client = await connect(url);
  const upgraded = once((done) => client.once("upgrade", () => done(undefined)));
  const toClient = numbers((listener) => client.on("message", listener));
  void sendAll((data) => client.send(data));
  await upgraded;
  expect(await toServer).toEqual(all);
  expect(await toClient).toEqual(all);
});
