/** MessagePack: what socket.io-msgpack-parser writes and reads, limits, hostile bytes. */
import { encode, ExtData } from "@msgpack/msgpack";
import { SocketIOError } from "@x/errors/socketio";
import { seededRandom } from "@x/testkit";
import fc from "fast-check";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { foreignCodec, type ForeignParser } from "../core/foreign-codec.js";
import { DEFAULT_PACKET_LIMITS } from "../core/limits.js";
import type { Packet } from "../core/packet.js";
import * as PacketType from "../core/packet-type.js";
import { msgpackCodec } from "./msgpack.js";

const require = createRequire(import.meta.url);
const ours = msgpackCodec();
const official = foreignCodec(require("socket.io-msgpack-parser") as ForeignParser);
const adopt = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const event = (...data: unknown[]): Packet => ({ type: PacketType.EVENT, nsp: "/", data });

function wire(value: unknown): Uint8Array {
  return encode(value, { ignoreUndefined: true, maxDepth: 10_000 });
}

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof SocketIOError ? error.code : error;
  }
  return undefined;
}

const packets: readonly Packet[] = [
  { type: 0, nsp: "/", data: undefined, id: undefined },
  { type: 0, nsp: "/admin", data: { token: "x" }, id: undefined },
  { type: 1, nsp: "/", data: undefined, id: undefined },
  { type: 2, nsp: "/", data: ["event", 1, -1, 1.5, 2 ** 40, "é", true, null, [], { a: { b: [1] } }], id: 12 },
  { type: 2, nsp: "/", data: ["bytes", Buffer.from([1, 2]), { deep: [Buffer.from([])] }], id: undefined },
  { type: 2, nsp: "/", data: ["when", new Date(1_700_000_000_000), new Date(-1)], id: undefined },
  { type: 3, nsp: "/admin", data: ["ok"], id: 0 },
  { type: 4, nsp: "/", data: { message: "no", data: 1 }, id: undefined },
  { type: 4, nsp: "/", data: "no", id: undefined },
];

describe("wire of socket.io-msgpack-parser", () => {
  test.each(packets)("%j, both ways", (packet) => {
    for (const [from, to] of [[ours, official], [official, ours], [ours, ours]] as const) {
      const messages = from.encode(packet);
      expect(messages).toHaveLength(1);
      expect(to.createDecoder({ adopt }).push(messages[0] ?? "")).toEqual(packet);
    }
  });

  test("what notepack alone writes: undefined and ArrayBuffers; what python writes: null for nothing, and no id of 0 on an acknowledgement", () => {
    const data = ["a", undefined, new Uint8Array([1, 2, 3]).buffer];
    expect(ours.createDecoder().push(official.encode(event(...data))[0] ?? "")?.data).toEqual(data);
    expect(ours.createDecoder().push(wire({ type: 0, nsp: null, data: null, id: null }))).toEqual({ type: 0, nsp: "/", data: undefined, id: undefined });
    expect(ours.createDecoder().push(wire({ type: 3, nsp: "/", data: ["a"] }))).toEqual({ type: 3, nsp: "/", data: ["a"], id: 0 });
    expect(ours.createDecoder().push(wire({ type: 2, nsp: "/a?token=1", data: ["a"] }))?.nsp).toBe("/a");
  });

  test("objects travel as what their toJSON answers, bytes of any kind as bytes", () => {
    const [message = ""] = ours.encode(event("a", { toJSON: () => ({ x: 1 }) }, new Uint16Array([258]), new Uint8Array([7]).buffer));
    expect(ours.createDecoder().push(message)?.data).toEqual(["a", { x: 1 }, new Uint8Array([2, 1]), new Uint8Array([7])]);
  });

  test("what is sent is left as it is, and what is in it twice arrives twice", () => {
    const inner = { when: new Date(5), n: Number.NaN, list: [{ toJSON: () => 7 }, new Uint8Array([1])] };
    const data = ["a", inner, [inner, null]];
    Object.freeze(inner.list);
    Object.freeze(inner);
    const [message = ""] = ours.encode(event(...data));
    const sent = { when: new Date(5), n: Number.NaN, list: [7, new Uint8Array([1])] };
    expect(ours.createDecoder().push(message)?.data).toEqual(["a", sent, [sent, null]]);
    expect(inner.list).toHaveLength(2);
  });

  test("bytes are handed out as the receiver wants them, wherever they are and whatever became of them", () => {
    const seen: number[] = [];
    const decoder = ours.createDecoder({ adopt: (bytes) => seen.push(bytes.length) && "adopted" });
    for (const length of [0, 300, 70_000]) expect(decoder.push(ours.encode(event("a", [new Uint8Array(length)]))[0] ?? "")?.data).toEqual(["a", ["adopted"]]);
    expect(decoder.push(ours.encode(event("a", ["b".repeat(300), { c: 1 }]))[0] ?? "")?.data).toEqual(["a", ["b".repeat(300), { c: 1 }]]);
    const custom = msgpackCodec({ extensionCodec: { tryToEncode: () => null, decode: (data) => data } }).createDecoder({ adopt: () => "adopted" });
    for (const size of [1, 2, 3, 4, 8, 16, 300, 70_000]) expect(custom.push(wire({ type: 2, nsp: "/", data: ["a", new ExtData(9, new Uint8Array(size))] }))?.data).toEqual(["a", "adopted"]);
    expect(seen).toEqual([0, 300, 70_000]);
  });

  test("types of the application's own", () => {
    class Point {
      readonly x: number;
      constructor(x: number) {
        this.x = x;
      }
    }
    const codec = msgpackCodec({ extensionCodec: {
      tryToEncode: (value) => (value instanceof Point ? new ExtData(5, new Uint8Array([value.x])) : null),
      decode: (data, type) => (type === 5 ? new Point(data[0] ?? 0) : undefined),
    } });
    const [message = ""] = codec.encode(event("a", [new Point(3)]));
    expect(codec.createDecoder({ adopt }).push(message)?.data).toEqual(["a", [new Point(3)]]);
  });

  test("what cannot travel is refused", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    class Loop { readonly me = this; }
    expect(codeOf(() => ours.encode(event("a", cycle)))).toBe("socketio/too-deep");
    for (const value of [() => 1, new Loop(), new Blob(["x"]), JSON.parse('{"__proto__":1}'), Symbol("x")]) {
      expect(codeOf(() => ours.encode(event("a", value)))).toBe("socketio/invalid-argument");
    }
  });
});

describe("hostile bytes", () => {
  const push = (...messages: (string | Uint8Array)[]) => codeOf(() => messages.map((message) => ours.createDecoder().push(message)));

  test.each([
    ["text", "2[\"a\"]"],
    ["nothing", new Uint8Array()],
    ["not a map", wire([1])],
    ["a type beyond the protocol", wire({ type: 7, nsp: "/", data: ["a"] })],
    ["a type that is no number", wire({ type: "2", nsp: "/", data: ["a"] })],
    ["a namespace that is no name", wire({ type: 2, nsp: "x", data: ["a"] })],
    ["a namespace over its limit", wire({ type: 0, nsp: `/${"x".repeat(256)}` })],
    ["a fractional acknowledgement id", wire({ type: 2, nsp: "/", id: 1.5, data: ["a"] })],
    ["a negative one", wire({ type: 2, nsp: "/", id: -1, data: ["a"] })],
    ["an acknowledgement without a list", wire({ type: 3, nsp: "/", id: 0 })],
    ["no payload", wire({ type: 2, nsp: "/" })],
    ["a reserved event", wire({ type: 2, nsp: "/", data: ["disconnect", "fake"] })],
    ["a key named __proto__", wire({ type: 2, nsp: "/", data: ["a", JSON.parse('{"__proto__":{"x":1}}')] })],
    ["a byte that MessagePack does not use", new Uint8Array([0xc1])],
    ["two values", new Uint8Array([...wire({ type: 1, nsp: "/" }), 0])],
    ["four thousand million items announced", new Uint8Array([0xdd, 255, 255, 255, 255])],
    ["as many keys", new Uint8Array([0xdf, 255, 255, 255, 255, 0])],
    ["more than there is, level by level", new Uint8Array(new Array(100).fill([0xdd, 0, 0, 1, 144]).flat() as number[])],
  ])("%s is refused", (_name, message) => {
    expect(push(message)).toBe("socketio/invalid-packet");
    expect(({} as { x?: 1 }).x).toBeUndefined();
  });

  test("cut anywhere, a message is refused", () => {
    const bytes = wire({ type: 2, nsp: "/a", id: 3, data: ["a", { b: [1.5, "text", new Uint8Array(300), 70_000, -70_000, 2 ** 40] }] });
    expect(push(bytes)).toBeUndefined();
    for (let cut = 0; cut < bytes.length; cut++) expect(push(bytes.subarray(0, cut))).toBe("socketio/invalid-packet");
  });

  test("maxNestingDepth: as deep as JSON may be, and one more", () => {
    const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);
    const limits = { ...DEFAULT_PACKET_LIMITS, maxNestingDepth: 5 };
    const run = (levels: number) => codeOf(() => ours.createDecoder({ limits }).push(wire({ type: 2, nsp: "/", data: ["a", deep(levels)] })));
    expect(run(4)).toBeUndefined();
    expect(run(5)).toBe("socketio/too-deep");
    expect(push(new Uint8Array(100_000).fill(0x91))).toBe("socketio/too-deep");
  });

  test("any bytes end in a packet or a documented error (fuzz)", () => {
    const random = seededRandom(20_260_102);
    const seeds = packets.flatMap((packet) => ours.encode(packet)) as Uint8Array[];
    for (let round = 0; round < 5000; round++) {
      const bytes = (seeds[Math.floor(random() * seeds.length)] ?? new Uint8Array()).slice();
      for (let change = 0; change < 2; change++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const code = push(bytes);
      if (code !== undefined) expect(["socketio/invalid-packet", "socketio/too-deep"]).toContain(code);
    }
  });
});

test("what is encoded is decoded to the same (property)", () => {
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.double().filter((number) => !Object.is(number, -0)), // which @msgpack/msgpack writes as 0
      fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 40 }),
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(fc.string().filter((key) => key !== "__proto__" && key !== "toJSON" && key !== "arrayBuffer"), tie("value"), { maxKeys: 20, noNullPrototype: true }),
    ),
  }));
  fc.assert(fc.property(fc.array(value, { maxLength: 4 }), fc.nat(), (args, id) => {
    const packet: Packet = { type: PacketType.EVENT, nsp: "/a", id, data: ["event", ...args] };
    expect(ours.createDecoder().push(ours.encode(packet)[0] ?? "")).toEqual(packet);
  }), { numRuns: 100 });
});
