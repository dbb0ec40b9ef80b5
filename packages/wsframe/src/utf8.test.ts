import { hex } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "../test/support.js";
import { Utf8Validator } from "./index.js";

const isValid = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

test.each(utf8.valid)("Utf8Validator accepts %s, however it is cut (§8.1)", (text) => {
  const wire = hex(text);
  for (let cut = 0; cut <= wire.length; cut++) {
    const validator = new Utf8Validator(); // sees the bytes after the cut, but must not look at them
    expect([validator.push(wire, 0, cut), validator.push(wire, cut), validator.isComplete]).toEqual([true, true, true]);
  }
});

test.each(utf8.invalid)("Utf8Validator refuses $bytes at byte $failsAt and not before, however it is cut (§8.1)", ({ bytes, failsAt }) => {
  const wire = hex(bytes);
  for (let end = 0; end <= wire.length; end++) {
    const validator = new Utf8Validator();
    const answers = Array.from(wire.subarray(0, end), (_, at) => validator.push(wire, at, at + 1));
    expect(answers).toEqual(answers.map((_, at) => at + 1 < failsAt));
    expect(new Utf8Validator().push(wire, 0, end)).toBe(end < failsAt);
  }
});

test.each(utf8.truncated)("Utf8Validator waits for the end of %s and does not call it complete (§8.1)", (text) => {
  const validator = new Utf8Validator();
  expect(validator.push(hex(text))).toBe(true);
  expect(validator.isComplete).toBe(false);
  validator.reset();
  expect([validator.isComplete, validator.push(hex("61"))]).toEqual([true, true]);
});

test("Utf8Validator accepts every code point but the surrogates (RFC 3629 §3)", () => {
  const validator = new Utf8Validator();
  const encoder = new TextEncoder();
  for (let code = 0; code <= 0x10ffff; code += code < 0x1_1000 ? 1 : 61) {
    const isSurrogate = code >= 0xd800 && code < 0xe000;
    const bytes = isSurrogate ? Uint8Array.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)) : encoder.encode(String.fromCodePoint(code));
    if (validator.push(bytes) === isSurrogate || validator.isComplete === isSurrogate) expect.unreachable(`U+${code.toString(16)}`);
    if (isSurrogate) validator.reset();
  }
});

test("Utf8Validator agrees with the platform's decoder on bytes near validity", () => {
  const lead = fc.constantFrom(0x61, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5);
  fc.assert(fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: lead }, fc.nat(255)), { maxLength: 8 }), (octets) => {
    const bytes = Uint8Array.from(octets);
    const validator = new Utf8Validator();
    expect(validator.push(bytes) && validator.isComplete).toBe(isValid(bytes));
  }), { numRuns: 3_000 });
});
