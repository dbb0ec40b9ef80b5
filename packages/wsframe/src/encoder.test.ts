import { WebSocketException } from "@x/errors/wsframe";
import { hex, seededRandom, toHex } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { record, thrownBy } from "../test/support.js";
import {
  encodeClosePayload, Frame, frameLength, maskInPlace, maskKeyOf, maxFrameBytes, neutralText, Opcode, prepareMessage, readClosePayload,
  writeBinaryFrame, writeControlFrame, writeTextFrame,
} from "./index.js";
import { maskBytes } from "./mask.js";

const random = seededRandom(17);
const key = maskKeyOf(hex("37 fa 21 3d"));

test("frames match the RFC's examples (§5.7)", () => {
  const target = new Uint8Array(40);
  const written = (end: number): string => toHex(target.subarray(0, end));
  expect(written(writeTextFrame(target, 0, "Hello"))).toBe("81 05 48 65 6c 6c 6f");
  expect(written(writeTextFrame(target, 0, "Hello", neutralText, key))).toBe("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  expect(written(writeControlFrame(target, 0, Opcode.ping, hex("48656c6c6f")))).toBe("89 05 48 65 6c 6c 6f");
  expect(written(writeControlFrame(target, 0, Opcode.pong, hex("48656c6c6f"), key))).toBe("8a 85 37 fa 21 3d 7f 9f 4d 51 58");
  expect(written(writeBinaryFrame(target, 0, hex("0102")))).toBe("82 02 01 02");
});

/** Lengths where the header's size changes, in units and in bytes, for characters of 1, 2, 3 and 4 bytes. */
const texts = ["a", "é", "€", "😀"].flatMap((character) =>
  [0, 1, 31, 32, 41, 42, 62, 63, 64, 125, 126, 127, 21_845, 21_846, 32_767, 32_768, 65_535, 65_536, 70_000].map((count) => character.repeat(count)));

test.each([["unmasked", undefined, "client"], ["masked", key, "server"], ["masked with zeros", 0, "server"]] as const)("%s text is read back at every header size, and nothing before the offset is touched", (_, maskKey, role) => {
  for (const text of texts) {
    const offset = 3;
    const exact = offset + frameLength(neutralText.byteLength(text), maskKey !== undefined);
    expect(exact).toBeLessThanOrEqual(offset + maxFrameBytes(text));
    const target = new Uint8Array(exact).fill(0xee);
    const end = writeTextFrame(target, offset, text, neutralText, maskKey);
    expect(end).toBe(exact);
    expect(toHex(target.subarray(0, offset))).toBe("ee ee ee");
    const { decoder, events } = record({ role });
    decoder.push(target.subarray(offset, end));
    expect(events.length).toBe(1);
    expect(events[0]?.[1] === text).toBe(true);
  }
});

test("what is written is read back: any messages, in any order, packed into one buffer, in any chunks", () => {
  const item = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.record({ opcode: fc.constantFrom(Opcode.ping, Opcode.pong), payload: fc.uint8Array({ maxLength: 125 }) }),
  );
  fc.assert(fc.property(fc.array(item, { maxLength: 12 }), fc.boolean(), fc.integer({ min: 1, max: 200 }), (items, isMasked, chunkBytes) => {
    const target = new Uint8Array(20_000);
    let end = 0;
    for (const data of items) {
      const maskKey = isMasked ? Math.floor(random() * 2 ** 32) : undefined;
      if (typeof data === "string") end = writeTextFrame(target, end, data, neutralText, maskKey);
      else if (data instanceof Uint8Array) end = writeBinaryFrame(target, end, data, maskKey);
      else end = writeControlFrame(target, end, data.opcode, data.payload, maskKey);
    }
    const { decoder, events } = record({ role: isMasked ? "server" : "client" });
    for (let at = 0; at < end; at += chunkBytes) decoder.push(target.subarray(at, Math.min(at + chunkBytes, end)));
    expect(events).toEqual(items.map((data) => {
      if (typeof data === "string") return ["text", data];
      if (data instanceof Uint8Array) return ["binary", toHex(data)];
      return [data.opcode === Opcode.ping ? "ping" : "pong", toHex(data.payload)];
    }));
  }));
});

test("lone surrogates leave as U+FFFD, so that no frame of ours is invalid UTF-8 (§8.1)", () => {
  const target = new Uint8Array(40);
  const end = writeTextFrame(target, 0, "a\ud800b");
  expect(toHex(target.subarray(0, end))).toBe("81 05 61 ef bf bd 62");
});

test("maskInPlace() equals the byte loop below, at and above the length where it takes another way", () => {
  for (const length of [0, 1, 63, 64, 65, 66, 67, 1000, 65_535, 65_536, 65_537, 140_001]) {
    const bytes = Uint8Array.from({ length: length + 6 }, () => random() * 256);
    const expected = Uint8Array.from(bytes);
    maskBytes(expected, 3, length + 3, key);
    maskInPlace(bytes, 3, length + 3, key);
    expect(Buffer.compare(bytes, expected)).toBe(0);
  }
});

test("writeControlFrame() takes 125 bytes and refuses 126, and data opcodes (§5.5)", () => {
  const target = new Uint8Array(200);
  expect(writeControlFrame(target, 0, Opcode.ping, new Uint8Array(125))).toBe(127);
  for (const run of [() => writeControlFrame(target, 0, Opcode.ping, new Uint8Array(126)), () => writeControlFrame(target, 0, Opcode.text, new Uint8Array(1))]) {
    const error = thrownBy(run);
    expect(error).toBeInstanceOf(WebSocketException);
    expect(error).toMatchObject({ code: "wsframe/invalid-argument" });
  }
});

test("encodeClosePayload() and readClosePayload() agree (§5.5.1)", () => {
  for (const [code, reason] of [[1000, ""], [1001, "bye"], [3000, "é".repeat(61)], [4999, "x".repeat(123)], [1005, ""]] as const) {
    const payload = encodeClosePayload(code, reason);
    expect(payload.length).toBeLessThanOrEqual(125);
    expect(readClosePayload(payload)).toEqual({ code, reason });
  }
  expect(encodeClosePayload()).toHaveLength(0);
});

test.each([
  [1006, ""], [1015, ""], [1004, ""], [999, ""], [5000, ""], [0, ""], [1000.5, ""], [1005, "why"],
  [1000, "x".repeat(124)], [1000, `x${"é".repeat(61)}é`],
])("encodeClosePayload() refuses code %d with reason %j (§7.4.1)", (code, reason) => {
  expect(thrownBy(() => encodeClosePayload(code, reason))).toMatchObject({ code: "wsframe/invalid-argument" });
});

test("prepareMessage() holds the frame that every server sends, exactly as long as it is", () => {
  for (const data of ["", "Hello", "é".repeat(80), "x".repeat(70_000)]) {
    const { frame } = prepareMessage(data);
    const target = new Uint8Array(maxFrameBytes(data));
    expect(Buffer.compare(frame, target.subarray(0, writeTextFrame(target, 0, data)))).toBe(0);
  }
  const bytes = hex("01 02 03");
  const prepared = prepareMessage(bytes);
  bytes.fill(9);
  expect(toHex(prepared.frame)).toBe("82 03 01 02 03");
  expect(Frame.read(prepared.frame)?.frame.payload).toEqual(hex("01 02 03"));
});
