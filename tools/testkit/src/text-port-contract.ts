/**
 * What every TextPort (see @x/wsframe) must do, whatever it is built on: cases that throw when the port is wrong.
 * Structural on purpose: the testkit depends on no package, and no test runner.
 */
import assert from "node:assert/strict";

/** The shape of `TextPort` in @x/wsframe. */
export interface TextPortUnderTest {
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;
  decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined;
  byteLength(text: string): number;
  write(text: string, target: Uint8Array, offset: number): number;
}
export interface ContractCase {
  readonly name: string;
  /** Throws an AssertionError when the contract is broken. */
  readonly check: () => void;
}

const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("");
/** One character of each encoded length, the borders between the lengths, and what must not be lost. */
const texts: readonly string[] = [
  "", "a", ascii, "\u0000", "é", "\u007f\u0080", "\u07ff\u0800", "€", "\uffff", "\u{10000}", "\u{10ffff}", "👩‍👩‍👧‍👦", "κόσμε",
  "\ufeffleading byte order mark", "\ufffd replacement character", "日本語".repeat(500), "x".repeat(70_000), `${"x".repeat(5_000)}é${"y".repeat(5_000)}`,
];
const loneSurrogates: readonly (readonly [string, string])[] = [
  ["\ud800", "\ufffd"], ["\udfff", "\ufffd"], ["a\ud800b", "a\ufffdb"], ["\udc00\ud800", "\ufffd\ufffd"], ["\ud800\ud800\udc00", "\ufffd\u{10000}"],
];
const invalid: readonly (readonly number[])[] = [
  [0x80], [0xbf], [0xc0, 0xaf], [0xc1, 0xbf], [0xc3], [0xe0, 0x80, 0xaf], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf],
  [0xf0, 0x80, 0x80, 0xaf], [0xf0, 0x9f, 0x98], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xfe], [0xff], [0x61, 0xff, 0x62],
];
/** Payloads lie anywhere in a larger buffer, so every case runs at some offset, between bytes that must not be read. */
const paddings = [0, 1, 13] as const;

/** @returns the cases; run each as a test of its own. */
export function textPortContract(port: TextPortUnderTest): readonly ContractCase[] {
  return [
    ...texts.map((text) => ({ name: `carries ${label(text)} both ways`, check: () => { checkRoundTrip(port, text); } })),
    ...loneSurrogates.map(([text, sent]) => ({ name: `writes ${label(text)} with U+FFFD for lone surrogates`, check: () => { checkWrite(port, text, sent); } })),
    ...invalid.map((bytes) => ({ name: `refuses ${bytes.map((byte) => byte.toString(16)).join(" ")}`, check: () => { checkInvalid(port, bytes); } })),
    { name: "refuses one bad byte in long text", check: () => { checkLongInvalid(port); } },
  ];
}

function checkRoundTrip(port: TextPortUnderTest, text: string): void {
  checkWrite(port, text, text);
  const encoded = new TextEncoder().encode(text);
  const isAscii = encoded.every((byte) => byte < 0x80);
  for (const padding of paddings) {
    const bytes = surround(encoded, padding);
    assert.equal(port.decodeUtf8(bytes, padding, padding + encoded.length), text);
    if (isAscii) assert.equal(port.decodeAscii(bytes, padding, padding + encoded.length), text);
  }
}

function checkWrite(port: TextPortUnderTest, text: string, sent: string): void {
  const encoded = new TextEncoder().encode(sent);
  assert.equal(port.byteLength(text), encoded.length);
  for (const padding of paddings) {
    const target = new Uint8Array(padding + text.length * 3 + 8).fill(0xee);
    assert.equal(port.write(text, target, padding), encoded.length);
    assert.deepEqual(target.subarray(padding, padding + encoded.length), encoded);
    assert.ok(target.subarray(0, padding).every((byte) => byte === 0xee), "bytes before the offset must stay");
    assert.ok(target.subarray(padding + encoded.length).every((byte) => byte === 0xee), "bytes after the text must stay");
  }
}

function checkInvalid(port: TextPortUnderTest, bytes: readonly number[]): void {
  for (const padding of paddings) assert.equal(port.decodeUtf8(surround(bytes, padding), padding, padding + bytes.length), undefined);
}

function checkLongInvalid(port: TextPortUnderTest): void {
  for (const length of [100, 1_000, 5_000, 50_000]) {
    const bytes = new TextEncoder().encode("é".repeat(length));
    bytes[length] = 0xff;
    assert.equal(port.decodeUtf8(bytes, 0, bytes.length), undefined);
    assert.equal(port.decodeUtf8(bytes, 0, length + 1), undefined);
  }
}

/** Puts bytes around that would change the result if they were read: continuation bytes. */
function surround(bytes: ArrayLike<number>, padding: number): Uint8Array {
  const target = new Uint8Array(bytes.length + 2 * padding).fill(0xbf);
  target.set(bytes, padding);
  return target;
}

function label(text: string): string {
  return text.length > 24 ? `${text.length} units beginning with ${JSON.stringify(text.slice(0, 12))}` : JSON.stringify(text);
}
