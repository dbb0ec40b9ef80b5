import { readFileSync } from "node:fs";
import { hex, seededRandom } from "@x/testkit";
import { expect, test, vi } from "vitest";
import wabt from "wabt";
import { maskKeyOf } from "./index.js";
import { maskBytes, rotateMaskKey } from "./mask.js";
import { acquireParseBuffer, createParseBuffer, createPortableBuffer, createSimdBuffer, releaseParseBuffer, type ParseBuffer } from "./parse-buffer.js";
import { unmaskWasm } from "./unmask.wasm.js";

const random = seededRandom(6455);
const loop = new Uint8Array(4096);
const simd = createSimdBuffer();
const implementations: readonly (readonly [string, ParseBuffer])[] = [
  ["SIMD", simd ?? createPortableBuffer()],
  ["DataView", createPortableBuffer()],
  ["byte loop", { ...createPortableBuffer(), bytes: loop, unmask: (start, end, key) => maskBytes(loop, start, end, key) }],
];

test("this engine has WebAssembly SIMD, so that the suite below tests it", () => {
  expect(simd).toBeDefined();
});

test.each(implementations)("%s XORs exactly the range, for every length and alignment, and tells ASCII from the rest (§5.3)", (_, buffer) => {
  const { bytes } = buffer;
  for (let length = 0; length < 200; length++) {
    for (const start of [0, 1, 2, 3, 5, 8, 15, 16]) {
      const octets = Uint8Array.from({ length: 4 }, () => random() * 256);
      const before = bytes.subarray(0, 256).map(() => random() * 256);
      const after = Uint8Array.from(before, (byte, at) => (at < start || at >= start + length ? byte : byte ^ (octets[(at - start) & 3] ?? 0)));
      bytes.set(before);
      const seen = buffer.unmask(start, start + length, maskKeyOf(octets));
      const isAscii = after.subarray(start, start + length).every((byte) => byte < 0x80);
      if (Buffer.compare(bytes.subarray(0, 256), after) !== 0 || (seen === 0) !== isAscii) expect.unreachable(`length ${length} at ${start}`);
    }
  }
});

test.each(implementations)("%s finds one byte that is not ASCII wherever it stands, and key 0 changes nothing", (_, buffer) => {
  const { bytes } = buffer;
  for (let at = 0; at < 150; at++) {
    bytes.fill(0x7f, 0, 200);
    expect(buffer.unmask(3, 153, 0)).toBe(0);
    bytes[3 + at] = 0x80;
    expect(buffer.unmask(3, 153, 0)).not.toBe(0);
    expect(bytes[3 + at]).toBe(0x80);
  }
  bytes.fill(0xff, 0, 3);
  bytes.fill(0xff, 153, 200);
  bytes.fill(0x20, 3, 153);
  expect(buffer.unmask(3, 153, 0)).toBe(0); // the neighbours are not looked at
});

test("rotateMaskKey() lets a payload be unmasked in pieces (§5.3)", () => {
  const whole = Uint8Array.from({ length: 40 }, (_, at) => at * 7);
  const key = maskKeyOf(hex("f1 02 83 04"));
  const expected = Uint8Array.from(whole);
  maskBytes(expected, 0, 40, key);
  for (let cut = 0; cut <= 40; cut++) {
    const pieces = Uint8Array.from(whole);
    maskBytes(pieces, 0, cut, key);
    maskBytes(pieces, cut, 40, rotateMaskKey(key, cut));
    expect(pieces).toEqual(expected);
  }
});

test("without WebAssembly, or with one that refuses, ordinary memory takes its place", () => {
  const refuse = function (): never { throw new Error("unsafe-eval"); };
  for (const engine of [undefined, { Module: refuse, Instance: refuse }]) {
    vi.stubGlobal("WebAssembly", engine);
    try {
      expect(createSimdBuffer()).toBeUndefined();
      const { bytes, unmask } = createParseBuffer();
      bytes.set([0x61, 0x62], 0);
      expect([unmask(0, 2, 0x01_01), bytes[0], bytes[1]]).toEqual([0, 0x60, 0x63]);
    } finally {
      vi.unstubAllGlobals();
    }
  }
});

test("unmask.wasm.ts is what unmask.wat assembles to; after a change run `pnpm wasm`", async () => {
  const assembler = await wabt();
  const assembled = assembler.parseWat("unmask.wat", readFileSync(new URL("unmask.wat", import.meta.url), "utf8"), { simd: true }).toBinary({});
  expect(unmaskWasm).toBe(Buffer.from(assembled.buffer).toString("base64"));
  expect(assembled.buffer.length).toBeLessThan(500); // small enough to be compiled synchronously everywhere
});

test("acquireParseBuffer() lends a buffer of its own to each depth and keeps the first ones", () => {
  const depths = 7;
  const lend = (): Uint8Array[] => {
    const buffers = Array.from({ length: depths }, () => acquireParseBuffer().bytes);
    for (let depth = 0; depth < depths; depth++) releaseParseBuffer();
    return buffers;
  };
  const first = lend();
  const second = lend();
  expect(new Set(first).size).toBe(depths);
  expect(second.map((bytes, depth) => bytes === first[depth])).toEqual([true, true, true, true, false, false, false]);
});
