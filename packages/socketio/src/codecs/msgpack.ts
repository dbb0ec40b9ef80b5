/**
 * Packets as MessagePack: one binary message each, `{ type, nsp, data, id }`, bytes without placeholders.
 *
 * Room: socketio codecs. Wire of socket.io-msgpack-parser 3 and python-socketio's MsgPackPacket. `@msgpack/msgpack` does the work.
 */
import { Decoder as MsgpackDecoder, Encoder, ExtData, type ExtensionCodecType, ExtensionCodec } from "@msgpack/msgpack";
import { SocketIOError } from "@x/errors/socketio";
import { bytesOf, holdsObjects, plainForm } from "../core/binary.js";
import type { Codec, PacketDecoder } from "../core/codec.js";
import type { DecoderOptions } from "../core/decoder.js";
import { atLimit, invalidArgument, invalidPacket } from "../core/faults.js";
import { DEFAULT_PACKET_LIMITS } from "../core/limits.js";
import { scanMsgpack } from "../core/msgpack-scan.js";
import { type EncodedPacket, type Packet, readPacket } from "../core/packet.js";
import * as PacketType from "../core/packet-type.js";

export interface MsgpackCodecOptions {
  /**
   * Types of your own: an `ExtensionCodec` of `@msgpack/msgpack`, or its two methods. Default: what socket.io-msgpack-parser sends as
   * extension 0 (dates, `undefined`, ArrayBuffers) and timestamps; any other extension arrives as `ExtData`.
   */
  readonly extensionCodec?: ExtensionCodecType<undefined>;
}

interface Settings {
  readonly extensionCodec: ExtensionCodecType<undefined>;
}

const none = {};
/** What notepack, under socket.io-msgpack-parser, writes as extension 0: by its length. */
const NOTEPACK_TYPE = 0;
const standard = new ExtensionCodec();
const notepack: ExtensionCodecType<undefined> = {
  tryToEncode(value) {
    if (!(value instanceof Date)) return null;
    const data = new Uint8Array(8);
    new DataView(data.buffer).setBigInt64(0, BigInt(value.getTime()));
    return new ExtData(NOTEPACK_TYPE, data);
  },
  decode(data, type, context) {
    if (type !== NOTEPACK_TYPE) return standard.decode(data, type, context);
    if (data.length === 1) return undefined;
    if (data.length === 8) return new Date(Number(new DataView(data.buffer, data.byteOffset).getBigInt64(0)));
    return data.slice().buffer;
  },
};

/** For `parser` of both sides. Limits on nesting and namespaces hold as with JSON; those on attachments have nothing to limit. */
export function msgpackCodec({ extensionCodec = notepack }: MsgpackCodecOptions = {}): Codec {
  const settings: Settings = { extensionCodec };
  const encoder = new Encoder({ ...settings, ignoreUndefined: true, maxDepth: DEFAULT_PACKET_LIMITS.maxNestingDepth + 2 });
  return {
    encode: (packet) => encode(packet, encoder),
    createDecoder: (options) => new MsgpackPackets(settings, options),
  };
}

/**
 * @throws {SocketIOError} `socketio/too-deep`, or `socketio/invalid-argument` for what MessagePack cannot say, such as a function.
 */
function encode({ type, nsp, data, id }: Packet, encoder: Encoder): EncodedPacket {
  const plain = holdsObjects(data) ? plainTree(data, DEFAULT_PACKET_LIMITS.maxNestingDepth) : data;
  try {
    return [encoder.encode({ type, data: plain, nsp, id })];
  } catch (cause) {
    throw new SocketIOError("Cannot encode: the payload contains what MessagePack cannot say", { code: "socketio/invalid-argument", cause });
  }
}

/**
 * Objects with `toJSON` as what it answers, dates excepted; every kind of bytes as a Uint8Array; other instances are the extension codec's.
 * @returns the value itself where nothing of that is in it, else a copy of what holds it.
 */
function plainTree(value: object, depth: number): unknown {
  if (value instanceof Date) return value;
  const bytes = bytesOf(value);
  if (bytes !== undefined) return bytes;
  if (depth === 0) throw atLimit("Cannot encode: the payload is nested too deeply or refers to itself", "socketio/too-deep", "maxNestingDepth", DEFAULT_PACKET_LIMITS.maxNestingDepth);
  if (Array.isArray(value)) return plainList(value, depth);
  const plain = plainForm(value);
  if (plain !== value) return typeof plain === "object" && plain !== null ? plainTree(plain, depth - 1) : plain;
  return isPlain(value) ? plainRecord(value as Readonly<Record<string, unknown>>, depth) : value;
}

function plainList(list: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (typeof item !== "object" || item === null) continue;
    const plain = plainTree(item, depth - 1);
    if (plain !== item) (copy ??= [...list])[index] = plain;
  }
  return copy ?? list;
}

function plainRecord(record: Readonly<Record<string, unknown>>, depth: number): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(record)) {
    if (key === "__proto__") throw invalidArgument("Cannot encode: the payload has a key named __proto__");
    const item = record[key];
    if (typeof item !== "object" || item === null) continue;
    const plain = plainTree(item, depth - 1);
    if (plain !== item) (copy ??= { ...record })[key] = plain;
  }
  return copy ?? record;
}

class MsgpackPackets implements PacketDecoder {
  readonly #decoder: MsgpackDecoder;
  readonly #options: DecoderOptions;

  constructor(settings: Settings, options: DecoderOptions = {}) {
    this.#decoder = new MsgpackDecoder(settings);
    this.#options = options;
  }

  push(message: string | Uint8Array): Packet {
    if (typeof message === "string") throw invalidPacket("text where MessagePack was expected");
    const { limits = DEFAULT_PACKET_LIMITS, adopt } = this.#options;
    const mayHoldBytes = scanMsgpack(message, limits.maxNestingDepth + 1);
    const packet = readPacket(withAckId(this.#decode(message)), limits);
    return adopt === undefined || !mayHoldBytes ? packet : { ...packet, data: adoptTree(packet.data, adopt) };
  }

  /** The library refuses a key named `__proto__`. */
  #decode(message: Uint8Array): unknown {
    try {
      return this.#decoder.decode(message);
    } catch (cause) {
      throw new SocketIOError("Cannot decode: malformed MessagePack", { code: "socketio/invalid-packet", cause });
    }
  }
}

/** Python's MsgPackPacket leaves out an id of 0, which the first acknowledgement has. */
function withAckId(packet: unknown): unknown {
  const { type, id } = (packet ?? none) as { type?: unknown; id?: unknown };
  return type === PacketType.ACK && id === undefined ? { ...(packet as object), id: 0 } : packet;
}

/** Hands out bytes as the receiver wants them. Depth is bounded by the scan. */
function adoptTree(value: unknown, adopt: (bytes: Uint8Array) => unknown): unknown {
  if (value instanceof Uint8Array) return adopt(value);
  if (Array.isArray(value)) return value.map((item) => adoptTree(item, adopt));
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  for (const [key, item] of Object.entries(value)) (value as Record<string, unknown>)[key] = adoptTree(item, adopt);
  return value;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
