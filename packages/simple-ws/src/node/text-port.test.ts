import { expect, test } from "vitest";
import fc from "fast-check";
import { textPortContract } from "@x/testkit";
import { neutralText } from "@x/wsframe";
import { createNodeText } from "./text-port.js";

const port = createNodeText();

test("Node has the primitives: this is not the neutral port", () => {
  expect(port).not.toBe(neutralText);
});

test.each(textPortContract(port))("Node's TextPort $name", ({ check }) => {
  check();
});

test("Node's TextPort agrees with the neutral one on any bytes and any text", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1_200 }), fc.string({ unit: "binary", maxLength: 600 }), (bytes, text) => {
    expect(port.decodeUtf8(bytes, 0, bytes.length)).toBe(neutralText.decodeUtf8(bytes, 0, bytes.length));
    const encoded = new TextEncoder().encode(text);
    expect(port.decodeUtf8(encoded, 0, encoded.length)).toBe(neutralText.decodeUtf8(encoded, 0, encoded.length));
    expect(port.byteLength(text)).toBe(neutralText.byteLength(text));
  }));
});
