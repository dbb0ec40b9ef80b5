/**
 * Messages as WebSockets carry them, whole or in pieces, in and out.
 */
import { frame } from "../wire.js";
import type { Task, Tasks } from "./contract.js";

export type Data = string | Uint8Array;

/** A codec, seen from outside. */
export interface FrameCodec {
  receive(chunk: Buffer): void;
  /** @returns the last message that was received whole. */
  received(): Data | undefined;
  /** @returns what sends `data` once more. */
  sending(data: Data, isMasked: boolean): () => void;
  /** @returns the bytes of the last message that was sent. */
  sent(): Buffer;
}

export interface Incoming {
  readonly data: Data;
  /** Bytes of a chunk. */
  readonly cut?: number;
  /** The codec may unmask in place, and text that is not ASCII is no text once that was done twice: it gets copies, and both pay for them. */
  readonly isFresh?: boolean;
}

const ascii = (length: number): string => "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(length / 45)).slice(0, length);
const umlauts = "Größe, naïve, 東京 – ".repeat(60).slice(0, 700); // about 1 KiB of UTF-8
const bytes = (length: number): Uint8Array => Buffer.alloc(length, 7);

type Received =
  | `${"text" | "binary"} ${"125 B" | "1 KiB" | "64 KiB"}`
  | `non-ASCII text ${"1 KiB" | "64 KiB"}`
  | "text 1 KiB, a byte per chunk";
type Sent = `${"text" | "masked text"} ${"125 B" | "1 KiB"}` | "masked binary 64 KiB";
export type WsframeTask = `decode ${Received}` | `encode ${Sent}`;

export const INCOMING: Readonly<Record<Received, Incoming>> = {
  "text 125 B": { data: ascii(125) },
  "text 1 KiB": { data: ascii(1024) },
  "text 64 KiB": { data: ascii(65_536) },
  "non-ASCII text 1 KiB": { data: umlauts, isFresh: true },
  "non-ASCII text 64 KiB": { data: umlauts.repeat(64), isFresh: true },
  "binary 125 B": { data: bytes(125) },
  "binary 1 KiB": { data: bytes(1024) },
  "binary 64 KiB": { data: bytes(65_536) },
  "text 1 KiB, a byte per chunk": { data: ascii(1024), cut: 1 },
};

export const OUTGOING: Readonly<Record<Sent, readonly [data: Data, isMasked: boolean]>> = {
  "text 125 B": [ascii(125), false],
  "text 1 KiB": [ascii(1024), false],
  "masked text 125 B": [ascii(125), true],
  "masked text 1 KiB": [ascii(1024), true],
  "masked binary 64 KiB": [bytes(65_536), true],
};

const CHUNK_BYTES = 65_536;
const MESSAGES = 100;
/** Every octet below 0x80, so that ASCII stays ASCII although the same chunk is unmasked in place again and again. */
const KEY = Buffer.of(0x11, 0x22, 0x33, 0x44);

export function wsframeTasks(create: () => FrameCodec): Tasks<WsframeTask> {
  const decodings = Object.entries(INCOMING).map(([name, incoming]) => [`decode ${name}`, () => decoding(create(), incoming)]);
  const encodings = Object.entries(OUTGOING).map(([name, [data, isMasked]]) => [`encode ${name}`, () => encoding(create(), data, isMasked)]);
  return Object.fromEntries([...decodings, ...encodings]) as Tasks<WsframeTask>;
}

function decoding(codec: FrameCodec, { data, cut = CHUNK_BYTES, isFresh = false }: Incoming): Task {
  const one = frame(typeof data === "string" ? 1 : 2, Buffer.from(data), true, KEY);
  const messages = cut === 1 ? 8 : Math.max(8, Math.floor((CHUNK_BYTES * 4) / one.length));
  const stream = Buffer.concat(Array<Buffer>(messages).fill(one));
  const chunks = Array.from({ length: Math.ceil(stream.length / cut) }, (_, index) => Buffer.from(stream.subarray(index * cut, (index + 1) * cut)));
  return {
    messages,
    run: () => { for (const chunk of chunks) codec.receive(isFresh ? Buffer.from(chunk) : chunk); },
    outcome: () => codec.received(),
  };
}

function encoding(codec: FrameCodec, data: Data, isMasked: boolean): Task {
  const send = codec.sending(data, isMasked);
  return {
    messages: MESSAGES,
    run: () => { for (let index = 0; index < MESSAGES; index++) send(); },
    outcome: () => codec.sent(),
  };
}
