/**
 * `Sec-WebSocket-Accept`: base64 of the SHA-1 of the client's key and a constant (RFC 6455 §4.2.2, item 5.4; RFC 3174 §6.2).
 *
 * Room: simple-ws core. What is hashed is always 60 bytes long: two blocks, of which the second never changes. A library's hash makes and
 * frees a context for each, which costs a handshake twice as much as this. Nothing here is secret, or rests on SHA-1's strength.
 */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY_BYTES = 24;
const BLOCK_BYTES = 64;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A block, and the 64 words that SHA-1 makes of its 16. Big-endian, as all here. */
const first: DataView = /* @__PURE__ */ blockOf(GUID, KEY_BYTES);
const second: DataView = /* @__PURE__ */ blockOfLength(8 * (KEY_BYTES + GUID.length));
/** Five words, and a zero for base64, which takes three bytes at a time. */
const hash: DataView = /* @__PURE__ */ new DataView(new ArrayBuffer(24));

/** @param key a valid `Sec-WebSocket-Key`: 24 characters of ASCII. */
export function acceptOf(key: string): string {
  writeAscii(first, key, 0);
  expand(first);
  hash.setInt32(0, 0x67452301);
  hash.setInt32(4, 0xefcdab89);
  hash.setInt32(8, 0x98badcfe);
  hash.setInt32(12, 0x10325476);
  hash.setInt32(16, 0xc3d2e1f0);
  digest(first);
  digest(second);
  return base64();
}

function blockOf(text: string, at: number): DataView {
  const words = new DataView(new ArrayBuffer(5 * BLOCK_BYTES));
  writeAscii(words, text, at);
  words.setUint8(at + text.length, 0x80); // here the message ends
  return words;
}

function blockOfLength(bits: number): DataView {
  const words = new DataView(new ArrayBuffer(5 * BLOCK_BYTES));
  words.setInt32(BLOCK_BYTES - 4, bits);
  expand(words);
  return words;
}

function writeAscii(words: DataView, text: string, at: number): void {
  for (let index = 0; index < text.length; index++) words.setUint8(at + index, text.charCodeAt(index));
}

function expand(words: DataView): void {
  for (let at = BLOCK_BYTES; at < 5 * BLOCK_BYTES; at += 4) {
    words.setInt32(at, rotate(words.getInt32(at - 12) ^ words.getInt32(at - 32) ^ words.getInt32(at - 56) ^ words.getInt32(at - 64), 1));
  }
}

/** Four loops, because one that asks each time which function is due takes twice as long. */
function digest(words: DataView): void {
  let a = hash.getInt32(0);
  let b = hash.getInt32(4);
  let c = hash.getInt32(8);
  let d = hash.getInt32(12);
  let e = hash.getInt32(16);
  let at = 0;
  let next = 0;
  for (; at < 80; at += 4) {
    next = (rotate(a, 5) + ((b & c) | (~b & d)) + 0x5a827999 + e + words.getInt32(at)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < 160; at += 4) {
    next = (rotate(a, 5) + (b ^ c ^ d) + 0x6ed9eba1 + e + words.getInt32(at)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < 240; at += 4) {
    next = (rotate(a, 5) + ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc + e + words.getInt32(at)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < 320; at += 4) {
    next = (rotate(a, 5) + (b ^ c ^ d) + 0xca62c1d6 + e + words.getInt32(at)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  hash.setInt32(0, hash.getInt32(0) + a);
  hash.setInt32(4, hash.getInt32(4) + b);
  hash.setInt32(8, hash.getInt32(8) + c);
  hash.setInt32(12, hash.getInt32(12) + d);
  hash.setInt32(16, hash.getInt32(16) + e);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** 20 bytes are 27 characters, and one for the byte that is missing. */
function base64(): string {
  let text = "";
  for (let at = 0; at < 20; at += 3) {
    const bits = hash.getInt32(at) >>> 8;
    text += ALPHABET.charAt(bits >>> 18) + ALPHABET.charAt((bits >>> 12) & 63) + ALPHABET.charAt((bits >>> 6) & 63) + (at < 18 ? ALPHABET.charAt(bits & 63) : "=");
  }
  return text;
}
