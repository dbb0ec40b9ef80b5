/**
 * Messages to packets, Socket.IO protocol v5 ("Packet encoding").
 *
 * Room: socketio core. Strict: whatever breaks the format throws one documented error, and the decoder is dead.
 * Work is linear in what was received; what is held is bounded by {@link PacketLimits}.
 */
import { SocketIOError } from "@x/errors/socketio";
import { inspect, isDeeper, revive, type Reviver, type Slot } from "./binary.js";
import { invalidPacket, overLimit } from "./faults.js";
import { DEFAULT_PACKET_LIMITS, type PacketLimits } from "./limits.js";
import { isValid, namespaceName, type Packet, PacketType, withoutBinary } from "./packet.js";

export type { Reviver } from "./binary.js";

/** A packet whose attachments are still under way. */
interface PartialPacket {
  readonly packet: Packet;
  readonly slots: readonly Slot[];
  readonly expected: number;
  readonly attachments: Uint8Array[];
  bytes: number;
}

interface Cursor {
  readonly text: string;
  at: number;
}

export interface DecoderOptions {
  readonly limits?: PacketLimits;
  /** How bytes are handed out, for example as Node's Buffer; they are the receiver's own. */
  readonly adopt?: (bytes: Uint8Array) => unknown;
  /** Told every value of a payload, innermost first; what it answers takes the value's place. */
  readonly reviver?: Reviver | undefined;
}

export class Decoder {
  readonly #limits: PacketLimits;
  readonly #adopt: (bytes: Uint8Array) => unknown;
  readonly #reviver: Reviver | undefined;
  #partial: PartialPacket | undefined;
  #failure: SocketIOError | undefined;

  constructor({ limits = DEFAULT_PACKET_LIMITS, adopt = (bytes) => bytes, reviver }: DecoderOptions = {}) {
    this.#limits = limits;
    this.#adopt = adopt;
    this.#reviver = reviver;
  }

  /**
   * Takes one Engine.IO message.
   * @returns the packet that it completes, or `undefined` while attachments are missing.
   * @throws {SocketIOError} `socketio/invalid-packet` or `socketio/limit-exceeded`; every later call throws the same.
   */
  push(message: string | Uint8Array): Packet | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return typeof message === "string" ? this.#text(message) : this.#attachment(message);
    } catch (error) {
      this.#partial = undefined;
      this.#failure = error instanceof SocketIOError ? error : invalidPacket("malformed packet");
      throw this.#failure;
    }
  }

  #text(text: string): Packet | undefined {
    if (this.#partial !== undefined) throw invalidPacket("text where an attachment was announced");
    const type = packetType(text);
    const cursor: Cursor = { text, at: 1 };
    const isBinary = type >= PacketType.BINARY_EVENT;
    const expected = isBinary ? this.#attachmentCount(cursor) : 0;
    const nsp = this.#namespace(cursor);
    const id = this.#ackId(cursor);
    const data = this.#payload(cursor);
    const packet: Packet = { type: withoutBinary(type), nsp, data, id };
    if (!isValid(packet)) throw invalidPacket("payload does not fit the packet type");
    if (!isBinary) return this.#revived(packet);
    const slots: Slot[] = [];
    inspect(data, this.#limits.maxNestingDepth, expected, slots);
    this.#partial = { packet, slots, expected, attachments: [], bytes: 0 };
    return undefined;
  }

  #attachment(bytes: Uint8Array): Packet | undefined {
    const partial = this.#partial;
    if (partial === undefined) throw invalidPacket("attachment that no packet announced");
    partial.bytes += bytes.length;
    if (partial.bytes > this.#limits.maxAttachmentBytes) throw overLimit("maxAttachmentBytes", partial.bytes, "socketio/too-many-attachments");
    if (partial.attachments.push(bytes) < partial.expected) return undefined;
    this.#partial = undefined;
    const values = partial.attachments.map((attachment) => this.#adopt(attachment));
    for (const { holder, key, index } of partial.slots) holder[key] = values[index];
    return this.#revived(partial.packet);
  }

  #revived(packet: Packet): Packet {
    return this.#reviver === undefined ? packet : { ...packet, data: revive({ "": packet.data }, "", this.#reviver) };
  }

  #attachmentCount(cursor: Cursor): number {
    const count = digits(cursor, 9);
    if (cursor.text[cursor.at] !== "-" || count === undefined || count === 0) throw invalidPacket("attachment count");
    if (count > this.#limits.maxAttachments) throw overLimit("maxAttachments", count, "socketio/too-many-attachments");
    cursor.at++;
    return count;
  }

  #namespace(cursor: Cursor): string {
    const { text, at } = cursor;
    if (text.charCodeAt(at) !== 47) return "/";
    const comma = text.indexOf(",", at);
    const end = comma === -1 ? text.length : comma;
    cursor.at = comma === -1 ? end : comma + 1;
    if (end - at > this.#limits.maxNamespaceLength) throw overLimit("maxNamespaceLength", end - at);
    return namespaceName(text.slice(at, end));
  }

  #ackId(cursor: Cursor): number | undefined {
    return digits(cursor, this.#limits.maxAckIdDigits);
  }

  #payload({ text, at }: Cursor): unknown {
    if (at === text.length) return undefined;
    const data = parseJson(text.slice(at));
    const { maxNestingDepth } = this.#limits;
    // `__proto__` is spelt out or escaped, and a level needs two characters: most texts need no second look, or only one for depth.
    if (text.includes("__proto__") || text.includes("\\u")) inspect(data, maxNestingDepth, 0);
    else if (text.length > 2 * maxNestingDepth && typeof data === "object" && data !== null && isDeeper(data, maxNestingDepth)) throw overLimit("maxNestingDepth", maxNestingDepth, "socketio/too-deep");
    return data;
  }
}

function packetType(text: string): PacketType {
  const type = text.charCodeAt(0) - 48;
  if (type >= 0 && type <= 6) return type as PacketType;
  throw invalidPacket("unknown packet type");
}

/** @returns the number at the cursor, which moves behind it, or `undefined` when there is none. */
function digits(cursor: Cursor, most: number): number | undefined {
  const { text, at: start } = cursor;
  let value = 0;
  let at = start;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    if (at - start === most) throw overLimit("maxAckIdDigits", most + 1);
    value = value * 10 + digit;
  }
  cursor.at = at;
  return at === start ? undefined : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidPacket("payload is not JSON");
  }
}
