import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { badPayloads, goodPayloads, receiversOf } from "../../test/packet-vectors.js";
import { nodeText } from "../node/text.js";
import { decodeOpen, encodeOpen, openEncoder } from "./open.js";
import { Outbox } from "./outbox.js";
import { describePacket, mayReceive, messageWire, prepareMessage } from "./packet.js";
import { decodePayload } from "./payload.js";
import { neutralText } from "./text.js";


const RS = "\x1e";
const server = (body: string, maxPackets = 100): unknown => decodePayload(body, "server", maxPackets, neutralText);
const client = (body: string, opening = false): unknown => decodePayload(body, "client", 100, neutralText, opening);
const failure = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe("decodePayload()", () => {
  test.each(goodPayloads.flatMap((vector) => receiversOf(vector).map((receiver) => ({ ...vector, receiver }))))("$receiver takes $payload ($section)", ({ receiver, payload, packets }) => {
    expect(decodePayload(payload, receiver, 100, neutralText)).toEqual(packets);
    expect(decodePayload(payload, receiver, 100, nodeText).map((packet) => (typeof packet === "string" ? packet : Uint8Array.from(packet)))).toEqual(packets);
  });

  test.each(badPayloads.flatMap((vector) => receiversOf(vector).map((receiver) => ({ ...vector, receiver }))))("$receiver refuses $payload whole ($section)", ({ receiver, payload, code }) => {
    for (const text of [neutralText, nodeText]) expect(failure(() => decodePayload(payload, receiver, 100, text))).toMatchObject({ name: "UnknownPacketError", code });
  });

  test("takes an OPEN packet only in the first place, and only while opening", () => {
    expect(client(`0{}${RS}4a`, true)).toEqual(["0{}", "4a"]);
    expect(failure(() => client(`4a${RS}0{}`, true))).toMatchObject({ code: "engineio/unexpected-packet" });
    expect(failure(() => client("0{}"))).toMatchObject({ code: "engineio/unexpected-packet" });
  });

  test("takes maxPackets packets, and not one more", () => {
    const body = (count: number): string => Array.from({ length: count }, () => "4").join(RS);
    expect(server(body(16), 16)).toHaveLength(16);
    expect(failure(() => server(body(17), 16))).toMatchObject({ code: "engineio/too-many-packets", details: { maxPackets: 16 } });
  });
});

describe("the outbox", () => {
  const message = fc.oneof(fc.string({ unit: "grapheme" }).filter((text) => !text.includes(RS)), fc.uint8Array({ maxLength: 40 }));

  test("gives back as payloads what was put in, within both limits", () => {
    fc.assert(fc.property(fc.array(message, { maxLength: 40 }), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 8 }), (messages, maxBytes, maxPackets) => {
      const outbox = new Outbox(neutralText);
      messages.forEach((data, index) => outbox.push(index % 2 === 0 ? messageWire(data) : prepareMessage(data)));
      const received: unknown[] = [];
      while (outbox.length > 0) {
        const payload = outbox.takePayload(maxBytes, maxPackets);
        const packets = decodePayload(payload, "client", 1000, neutralText);
        expect(packets.length === 1 || neutralText.byteLength(payload) <= maxBytes).toBe(true);
        expect(packets.length).toBeLessThanOrEqual(maxPackets);
        received.push(...packets);
      }
      expect(received).toEqual(messages.map(messageWire));
      expect([outbox.bytes, outbox.takePayload(10, 10), outbox.shift()]).toEqual([0, "", undefined]);
    }));
  });

  test("clear() forgets packets and their bytes", () => {
    const outbox = new Outbox(neutralText);
    outbox.push("4abc");
    expect([outbox.length, outbox.bytes, outbox.peekAll()]).toEqual([1, 4, ["4abc"]]);
    outbox.clear();
    expect([outbox.length, outbox.bytes, outbox.peekAll()]).toEqual([0, 0, []]);
  });
});

describe.each([["neutral", neutralText], ["node", nodeText]])("text port: %s", (_name, text) => {
  test("byteLength() is UTF-8's, lone surrogates counted as U+FFFD", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string(), (exotic, plain) => {
      expect(text.byteLength(exotic + plain)).toBe(new TextEncoder().encode(exotic + plain).length);
    }));
    for (const lone of ["\ud800", "a\udc00b", "\ud800\ud800", "\udc00\ud800"]) expect(text.byteLength(lone)).toBe(new TextEncoder().encode(lone).length);
  });

  test("base64 round trip, beyond the longest argument list", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(new Uint8Array(text.fromBase64(text.toBase64(bytes)) ?? [])).toEqual(bytes);
    }));
    const long = new Uint8Array(100_000).map((_, i) => i);
    expect(Buffer.compare(text.fromBase64(text.toBase64(long)) ?? new Uint8Array(), long)).toBe(0);
  });

  test.each(["A", "AAAAA", "AQ=", "A===", "AQ==A", "a-b_", " AQI", "AQ\n"])("fromBase64(%j) is refused (RFC 4648 §4)", (bad) => {
    expect(text.fromBase64(bad)).toBeUndefined();
  });
});

describe("the OPEN packet", () => {
  const handshake = { sid: "abc", upgrades: ["websocket"], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1_000_000 };

  test("has exactly the protocol's five keys, sub-second times to the millisecond", () => {
    expect(encodeOpen({ ...handshake, pingInterval: 300, pingTimeout: 200 }))
      .toBe('0{"sid":"abc","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}');
    expect(decodeOpen(encodeOpen(handshake))).toEqual(handshake);
  });

  test("of many sessions differs in their ids only, which may be any text", () => {
    const encode = openEncoder(handshake);
    for (const sid of ["a", 'quo"ted', "€", "back\\slash"]) expect([encode(sid), decodeOpen(encode(sid))]).toEqual([encodeOpen({ ...handshake, sid }), { ...handshake, sid }]);
  });

  test("may lack maxPayload and upgrades (older Python servers)", () => {
    expect(decodeOpen('0{"sid":"s","pingInterval":1,"pingTimeout":2}')).toEqual({ sid: "s", upgrades: [], pingInterval: 1, pingTimeout: 2, maxPayload: undefined });
  });

  test.each(["4", "0", "0{", "0null", "0[]", '0"x"', '0{"sid":""}', '0{"sid":"s","pingInterval":"1","pingTimeout":2}', '0{"sid":"s","pingInterval":-1,"pingTimeout":2}',
    '0{"sid":"s","pingInterval":1e999,"pingTimeout":2}', `0{"sid":"${"x".repeat(257)}","pingInterval":1,"pingTimeout":2}`])("%s is none", (wire) => {
    expect(failure(() => decodeOpen(wire))).toMatchObject({ code: "engineio/bad-open" });
  });
});

test("mayReceive() follows the directions of protocol v4", () => {
  const allowed = (role: "client" | "server"): string => Array.from("0123456789").filter((digit) => mayReceive(role, digit.charCodeAt(0))).join("");
  expect([allowed("server"), allowed("client")]).toEqual(["134", "1246"]);
});

test("describePacket() names the packet", () => {
  expect(["2", "4hi", "4", new Uint8Array([1])].map(describePacket)).toEqual([
    { type: "ping" }, { type: "message", data: "hi" }, { type: "message" }, { type: "message", data: new Uint8Array([1]) },
  ]);
});
