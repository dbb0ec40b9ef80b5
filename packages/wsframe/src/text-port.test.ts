import { textPortContract } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { neutralText } from "./index.js";

test.each(textPortContract(neutralText))("neutralText $name", ({ check }) => {
  check();
});

test("neutralText agrees with the platform's encoder on any text, lone surrogates included", () => {
  const unit = fc.oneof(fc.nat(0x7f), fc.nat(0x7ff), fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }));
  const anyText = fc.array(unit, { maxLength: 60 }).map((units) => String.fromCharCode(...units));
  fc.assert(fc.property(anyText, fc.nat(5), (text, offset) => {
    const encoded = new TextEncoder().encode(text);
    const target = new Uint8Array(offset + text.length * 3);
    expect(neutralText.byteLength(text)).toBe(encoded.length);
    expect(neutralText.write(text, target, offset)).toBe(encoded.length);
    expect(Buffer.compare(target.subarray(offset, offset + encoded.length), encoded)).toBe(0);
  }));
});
