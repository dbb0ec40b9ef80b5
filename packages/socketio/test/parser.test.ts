/** The option `parser` of both sides: MessagePack (notepack, under socket.io's, knows bytes as Buffer only), JSON with functions of the application's own, parsers written for socket.io. */
import { settle } from "@x/testkit";
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { msgpackCodec } from "../src/msgpack.js";
import { type Codec, type ForeignParser, jsonCodec, readPacket } from "../src/server.js";
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

describe("a Codec of the application's own", () => {
  /** Its wire: the base64 of a list, bytes as `{ hex }`. */
  const listCodec: Codec = {
    encode: ({ type, nsp, id, data }) => [btoa(JSON.stringify([type, nsp, id, data], withHex))],
    createDecoder: (options) => ({
      push: (message) => {
        if (typeof message !== "string") throw new Error("bytes where base64 was expected");
        const parts = JSON.parse(atob(message), (_key, value: unknown) => (isHex(value) ? Buffer.from(value.hex, "hex") : value)) as unknown[];
        const [type, nsp, id, data] = parts;
        return readPacket({ type, nsp, id, data }, options?.limits);
      },
    }),
  };

  test("carries events, bytes, acknowledgements both ways, broadcasts and refusals; nothing else is on the wire", async () => {
    const place = world({ parser: listCodec });
    place.server.of("/closed").use((_socket, next) => next(Object.assign(new Error("no"), { data: { why: 1 } })));
    const { socket, peer } = await join(place, { parser: listCodec, auth: { token: "t" } });
    expect(peer.handshake.auth).toEqual({ token: "t" });
    const heard: unknown[] = [];
    socket.onAny((...event) => void heard.push(event));
    socket.on("ask", (bytes: Uint8Array, ack: (bytes: Uint8Array) => void) => ack(bytes));
    peer.on("echo", (...args: unknown[]) => (args.at(-1) as (...values: unknown[]) => void)(...args.slice(0, -1)));
    const closed = socket.io.socket("/closed");
    closed.on("connect_error", ({ message, data }) => void heard.push([message, data]));
    expect(await socket.emitWithAck("echo", { deep: [Buffer.from([1, 2]), "ü".codePointAt(0), null] })).toEqual({ deep: [Buffer.from([1, 2]), 252, null] });
    expect(await peer.emitWithAck("ask", Buffer.from([3]))).toEqual(Buffer.from([3]));
    void peer.join("room");
    place.server.to("room").emit("news", Buffer.from([7]));
    await settle();
    expect(heard.map((event) => (event as unknown[]).slice(0, 2))).toEqual([["no", { why: 1 }], ["ask", Buffer.from([3])], ["news", Buffer.from([7])]]);
    const written = place.ends.flatMap(({ sent }) => sent).filter((message) => typeof message === "string");
    expect(written.map((message) => (JSON.parse(atob(message)) as unknown[])[0])).toEqual([0, 4, 3, 2]);
  });

  test.each([["bytes", new Uint8Array([1])], ["what its decoder cannot read", "{"], ["what is no packet", btoa('[9,"/"]')]])("%s from a client: the connection ends, and the report has the cause", async (_name, message) => {
    const place = world({ parser: listCodec });
    const { peer } = await join(place, { parser: listCodec, reconnection: false });
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    void place.ends[0]?.other?.send(message);
    await settle();
    expect([reasons, place.ends[0]?.readyState]).toEqual([["parse error"], "closed"]);
    expect(place.failures).toEqual([{ error: expect.objectContaining({ code: "socketio/invalid-packet" }) as Error, context: { event: "packet" } }]);
  });

  test("a plain Error of its decoder is the cause of the report on the server, and what disconnect tells on the client", async () => {
    const place = world({ parser: listCodec });
    const { socket } = await join(place, { parser: listCodec, reconnection: false });
    const told: unknown[] = [];
    socket.on("disconnect", (...why) => void told.push(why));
    const cause = new Error("bytes where base64 was expected");
    void place.ends[0]?.send(new Uint8Array([1]));
    void place.ends[0]?.other?.send(new Uint8Array([1]));
    await settle();
    expect([told, place.failures]).toEqual([[["parse error", cause]], [{ error: expect.objectContaining({ code: "socketio/invalid-packet", cause }) as Error, context: { event: "packet" } }]]);
  });
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

function isHex(value: unknown): value is { hex: string } {
  return typeof value === "object" && value !== null && "hex" in value;
}

/** For `JSON.stringify`; the holder has what the value was before its `toJSON`. */
function withHex(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const bytes = this[key];
  return bytes instanceof Uint8Array ? { hex: Buffer.from(bytes).toString("hex") } : value;
}
