import { textPortContract } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { neutralText } from "./index.js";

test.each(textPortContract(neutralText))("neutralText $name", ({ check }) => {
  check();
});

test("neutralText agrees with the platform's encoder on any text, lone surrogates included", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.nat(5), (text, offset) => {
    const encoded = new TextEncoder().encode(text);
    const target = new Uint8Array(offset + text.length * 3);
    expect(neutralText.byteLength(text)).toBe(encoded.length);
    expect(neutralText.write(text, target, offset)).toBe(encoded.length);
    expect(Buffer.compare(target.subarray(offset, offset + encoded.length), encoded)).toBe(0);
  }));
});
