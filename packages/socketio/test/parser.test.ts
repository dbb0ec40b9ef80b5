/** The option `parser` of both sides: MessagePack (notepack, under socket.io's, knows bytes as Buffer only), JSON with functions of the application's own, parsers written for socket.io. */
import { settle } from "@x/testkit";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { jsonCodec } from "../src/core/json-codec.js";
import type { ForeignParser } from "../src/core/foreign-codec.js";
import { msgpackCodec } from "../src/msgpack.js";
import { join, world } from "./memory-engine.js";

const require = createRequire(import.meta.url);
const official = require("socket.io-msgpack-parser") as ForeignParser;

test.each([
  ["ours", msgpackCodec(), msgpackCodec()],
  ["socket.io's on the client", msgpackCodec(), official],
  ["socket.io's on the server", official, msgpackCodec()],
])("MessagePack, %s: connecting, events, bytes, acknowledgements, broadcasts", async (_name, near, far) => {
  const place = world({ parser: near });
  const { socket, peer } = await join(place, { parser: far, auth: { token: "x" } });
  expect(peer.handshake.auth).toEqual({ token: "x" });
  peer.on("sum", (a: number, bytes: Uint8Array, ack: (sum: number) => void) => ack(a + (bytes[0] ?? 0)));
  const heard = new Promise((resolve) => void socket.on("news", (bytes) => resolve(bytes)));
  expect(await socket.emitWithAck("sum", 1, Buffer.from([2]))).toBe(3);
  place.server.emit("news", Buffer.from([7]));
  expect(await heard).toEqual(Buffer.from([7]));
  expect(place.ends[0]?.sent.every((message) => typeof message !== "string")).toBe(true);
});

test("a refused client of MessagePack gets the payload, and nothing that its handlers had written", async () => {
  const place = world({ parser: msgpackCodec() });
  const heard: unknown[] = [];
  place.server.on("connection", (socket) => {
    socket.emit("early");
    throw Object.assign(new Error("no"), { data: { why: 1 } });
  });
  const socket = place.client({ parser: msgpackCodec() });
  socket.onAny((event) => void heard.push(event));
  socket.on("connect_error", (error) => void heard.push(error.name));
  await settle();
  expect(heard).toEqual(["ConnectionRefusedError"]);
});

test("messages of another codec end the connection", async () => {
  const place = world({ parser: msgpackCodec() });
  place.client({ reconnection: false });
  await settle();
  expect([place.server.sockets.sockets.size, place.ends[0]?.readyState]).toEqual([0, "closed"]);
});

test("jsonCodec(): a replacer and a reviver of the application's own, with bytes in between", async () => {
  const parser = jsonCodec({
    replacer: (_key, value: unknown) => (typeof value === "bigint" ? { $big: String(value) } : value),
    reviver: (_key, value: unknown) => (isBig(value) ? BigInt(value.$big) : value),
  });
  const { socket, peer } = await join(world({ parser }), { parser });
  peer.on("echo", (value: unknown, bytes: Uint8Array, ack: (...values: unknown[]) => void) => ack([value, bytes]));
  expect(await socket.emitWithAck("echo", { n: [12n] }, new Uint8Array([1]))).toEqual([{ n: [12n] }, Buffer.from([1])]);
});

test("a reviver leaves out what it answers undefined for, as JSON.parse does, and never sees __proto__", () => {
  const keys: string[] = [];
  const codec = jsonCodec({ reviver: (key, value: unknown) => {
    keys.push(key);
    return key === "gone" ? undefined : value;
  } });
  expect(codec.createDecoder().push('2["a",{"gone":1,"__proto__":{"x":1},"kept":2}]')?.data).toEqual(["a", { kept: 2 }]);
  expect(keys).toEqual(["0", "gone", "kept", "1", ""]);
});

test("what is no parser is refused by name; what a foreign decoder makes of hostile messages is checked", () => {
  expect(() => world({ parser: {} as ForeignParser })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
  class Decoder extends EventEmitter {
    add(message: string): void {
      for (const packet of JSON.parse(message) as unknown[]) this.emit("decoded", packet);
    }
  }
  const place = world({ parser: { Encoder: official.Encoder, Decoder } });
  const decode = (...decoded: unknown[]) => () => place.server.sockets.context.encoder.createDecoder().push(JSON.stringify(decoded));
  expect(decode({ type: 5, nsp: "/", data: ["a"] })()).toMatchObject({ type: 2, nsp: "/", data: ["a"] });
  expect(decode({ type: 2, nsp: "/", data: ["disconnect"] })).toThrow(expect.objectContaining({ code: "socketio/invalid-packet" }));
  expect(decode({ type: 1, nsp: "/" }, { type: 1, nsp: "/" })).toThrow(expect.objectContaining({ code: "socketio/invalid-packet" }));
});

function isBig(value: unknown): value is { $big: string } {
  return typeof value === "object" && value !== null && "$big" in value;
}
