import { WebSocketProtocolException } from "@x/errors/wsframe";
import { hex, toHex } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { thrownBy } from "../test/support.js";
import { headerBytes, maskKeyOf, MAX_HEADER_BYTES, readHeader, writeHeader, type FrameHeader } from "./index.js";

test.each([
  ["82 00", { length: 0, headerLength: 2 }],
  ["82 7d", { length: 125, headerLength: 2 }],
  ["82 7e 007e", { length: 126, headerLength: 4 }],
  ["82 7e ffff", { length: 65_535, headerLength: 4 }],
  ["82 7f 0000000000010000", { length: 65_536, headerLength: 10 }],
  ["82 7f 001fffffffffffff", { length: Number.MAX_SAFE_INTEGER, headerLength: 10 }],
  ["82 ff 0000000100000000 01020304", { length: 2 ** 32, headerLength: 14, mask: hex("01020304") }],
  ["82 7f 0020000000000000", { length: 2 ** 53, headerLength: 10 }],
  ["82 7f 7fffffffffffffff", { length: 2 ** 63, headerLength: 10 }],
  ["01 80 ff000000", { fin: false, opcode: 1, mask: hex("ff000000"), headerLength: 6 }],
  ["8a 00", { fin: true, rsv1: false, rsv2: false, rsv3: false, opcode: 10, mask: undefined }],
] as const)("readHeader() reads %s, however TCP cuts it (§5.2)", (wire, expected: Partial<FrameHeader>) => {
  const bytes = hex(wire);
  expect(readHeader(bytes)).toMatchObject(expected);
  expect(readHeader(Uint8Array.of(...bytes, 0xff, 0xff))).toMatchObject(expected);
  for (let cut = 0; cut < bytes.length; cut++) expect(readHeader(bytes.subarray(0, cut))).toBeUndefined();
});

test.each([
  ["c2 00", "wsframe/reserved-bit"], ["a2 00", "wsframe/reserved-bit"], ["92 00", "wsframe/reserved-bit"],
  ["83 00", "wsframe/reserved-opcode"], ["8b 00", "wsframe/reserved-opcode"],
  ["08 00", "wsframe/control-fragmented"], ["89 7e", "wsframe/control-too-long"],
  ["82 7e 0000", "wsframe/length-not-minimal"], ["82 7f 0000000000000000", "wsframe/length-not-minimal"],
  ["82 7f 8000000000000000", "wsframe/length-invalid"], ["82 7f ffffffffffffffff", "wsframe/length-invalid"],
] as const)("readHeader() refuses %s with %s and 1002", (wire, code) => {
  const error = thrownBy(() => readHeader(hex(wire)));
  expect(error).toBeInstanceOf(WebSocketProtocolException);
  expect(error).toMatchObject({ code, closeCode: 1002 });
});

test("writeHeader() writes the minimal form, which readHeader() reads back (§5.2)", () => {
  const length = fc.oneof(fc.constantFrom(0, 125, 126, 127, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER), fc.maxSafeNat());
  fc.assert(fc.property(length, fc.constantFrom(0x01, 0x80, 0x81, 0x82), fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }), fc.nat(3), (payloadBytes, first, mask, offset) => {
    const target = new Uint8Array(offset + MAX_HEADER_BYTES);
    const end = writeHeader(target, offset, first, payloadBytes, mask && maskKeyOf(mask));
    expect(end - offset).toBe(headerBytes(payloadBytes, mask !== undefined));
    expect(readHeader(target.subarray(offset, end))).toMatchObject({ fin: first >= 0x80, opcode: first & 15, length: payloadBytes, mask, headerLength: end - offset });
  }));
});

test("writeHeader() touches nothing around the header", () => {
  const target = new Uint8Array(20).fill(0xee);
  expect(writeHeader(target, 3, 0x82, 70_000, maskKeyOf(hex("80 00 00 ff")))).toBe(17);
  expect(toHex(target)).toBe("ee ee ee 82 ff 00 00 00 00 00 01 11 70 80 00 00 ff ee ee ee");
});
