/**
 * Micro-benchmark of the frame codec against ws's Receiver and Sender, one process, no sockets: CPU per message, as a speed-up.
 *
 * Run: `WS_NO_BUFFER_UTIL=1 node --import tsx --conditions=@x/source src/wsframe.micro.ts [filter]`; without the variable ws
 * unmasks by bufferutil, which is native.
 */
import { Buffer, isUtf8, transcode } from "node:buffer";
import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { Decoder, neutralText, writeBinaryFrame, writeTextFrame, type TextPort } from "@x/wsframe";
import { compare, type Row } from "./micro.js";

/** What is used of ws beyond its documented types. */
interface WsInternals {
  readonly Receiver: new (options: object) => EventEmitter & { write(chunk: Uint8Array): boolean };
  readonly Sender: new (socket: object) => { send(data: string | Uint8Array, options: object, done: () => void): void };
}
/** Fast paths of Buffer that its types do not mention. */
interface FastBuffer {
  readonly latin1Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly ucs2Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Slice: (this: Uint8Array, start: number, end: number) => string;
  readonly utf8Write: (this: Uint8Array, text: string, offset: number) => number;
}
const { Receiver, Sender } = createRequire(import.meta.url)("ws") as WsInternals;
const { latin1Slice, ucs2Slice, utf8Slice, utf8Write } = Buffer.prototype as unknown as FastBuffer;

const nodeText: TextPort = {
  decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),
  decodeUtf8: (bytes, start, end) => {
    if (end - start >= 768) {
      const view = bytes.subarray(start, end);
      if (!isUtf8(view)) return undefined;
      const wide = transcode(view, "utf8", "ucs2");
      return ucs2Slice.call(wide, 0, wide.length);
    }
    const text = utf8Slice.call(bytes, start, end);
    return text.includes("\ufffd") ? neutralText.decodeUtf8(bytes, start, end) : text;
  },
  byteLength: (text) => Buffer.byteLength(text),
  write: (text, target, offset) => utf8Write.call(target, text, offset),
};

/** Every octet below 0x80, so that ASCII stays ASCII although ws unmasks the same chunk in place again and again. */
const key = 0x11_22_33_44;
const chunkBytes = 65_536;
let sum = 0; // what is decoded is used, so that nothing is optimised away

/** @param isCopied for text that is no longer text once ws has unmasked its chunk twice: both sides get a fresh copy. */
function decoderRow(name: string, payload: string | Uint8Array, cut = chunkBytes, isCopied = false): Row {
  const count = Math.max(8, Math.floor((chunkBytes * 4) / (payload.length + 8)));
  const stream = new Uint8Array(count * (payload.length * 3 + 14));
  let length = 0;
  for (let index = 0; index < count; index++) {
    length = typeof payload === "string" ? writeTextFrame(stream, length, payload, neutralText, key) : writeBinaryFrame(stream, length, payload, key);
  }
  const chunks: Buffer[] = [];
  for (let at = 0; at < length; at += cut) chunks.push(Buffer.from(stream.subarray(at, Math.min(length, at + cut))));
  const take = (chunk: Buffer): Buffer => (isCopied ? Buffer.from(chunk) : chunk);
  const decoder = new Decoder({
    role: "server",
    text: nodeText,
    allocate: (bytes) => Buffer.allocUnsafe(bytes),
    sink: { onMessage: (data) => void (sum += data.length), onPing: () => {}, onPong: () => {}, onClose: () => {} },
  });
  const receiver = new Receiver({ isServer: true, maxPayload: 100 * 1024 * 1024 });
  receiver.on("message", (data: Buffer, isBinary: boolean) => void (sum += isBinary ? data.length : data.toString().length));
  return {
    name: `decode ${name}`,
    perCall: count,
    ours: () => { for (const chunk of chunks) decoder.push(take(chunk)); },
    theirs: () => { for (const chunk of chunks) receiver.write(take(chunk)); },
  };
}

function encoderRow(name: string, data: string | Uint8Array, isMasked: boolean): Row {
  const pool = Buffer.allocUnsafeSlow(chunkBytes * 4);
  const keys = new Uint32Array(1024).map(() => Math.random() * 0xffff_ffff);
  let next = 0;
  // Node's socket encodes a string when it is written; so does this one. Bytes it takes as they are.
  const socket = { cork() {}, uncork() {}, write: (chunk: string | Uint8Array) => void (sum += typeof chunk === "string" ? utf8Write.call(pool, chunk, 0) : chunk.length) };
  const sender = new Sender(socket);
  const options = { fin: true, mask: isMasked, binary: typeof data !== "string", compress: false };
  const done = (): void => {};
  const write = typeof data === "string"
    ? (maskKey: number | undefined) => writeTextFrame(pool, 0, data, nodeText, maskKey)
    : (maskKey: number | undefined) => writeBinaryFrame(pool, 0, data, maskKey);
  const perCall = 256;
  return {
    name: `encode ${name}`,
    perCall,
    ours: () => { for (let index = 0; index < perCall; index++) sum += write(isMasked ? keys[next++ & 1023] : undefined); },
    theirs: () => { for (let index = 0; index < perCall; index++) sender.send(data, options, done); },
  };
}

const ascii = (length: number): string => "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(length / 45)).slice(0, length);
const umlauts = "Größe, naïve, 東京 – ".repeat(60).slice(0, 700); // about 1 KiB of UTF-8
const bytes = (length: number): Uint8Array => Buffer.alloc(length, 7);

function rows(): Row[] {
  return [
    decoderRow("text 125 B", ascii(125)),
    decoderRow("text 1 KiB", ascii(1024)),
    decoderRow("text 64 KiB", ascii(65_536)),
    decoderRow("text non-ASCII 1 KiB, fresh chunks", umlauts, chunkBytes, true),
    decoderRow("text non-ASCII 64 KiB, fresh chunks", umlauts.repeat(64), chunkBytes, true),
    decoderRow("binary 125 B", bytes(125)),
    decoderRow("binary 1 KiB", bytes(1024)),
    decoderRow("binary 64 KiB", bytes(65_536)),
    decoderRow("text 125 B, 16-byte chunks", ascii(125), 16),
    decoderRow("text 1 KiB, 1-byte chunks", ascii(1024), 1),
    encoderRow("text 125 B", ascii(125), false),
    encoderRow("text 1 KiB", ascii(1024), false),
    encoderRow("masked text 125 B", ascii(125), true),
    encoderRow("masked text 1 KiB", ascii(1024), true),
    encoderRow("masked binary 64 KiB", bytes(65_536), true),
  ];
}

compare(rows(), "ws");
if (sum === 0) throw new Error("Nothing was decoded or encoded");
