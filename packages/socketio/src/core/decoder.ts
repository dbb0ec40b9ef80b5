/**
 * Messages to packets, Socket.IO protocol v5 ("Packet encoding").
 *
 * Room: socketio core. Strict: whatever breaks the format throws one documented error, and the decoder is dead.
 * Work is linear in what was received; what is held is bounded by {@link PacketLimits}. What is checked of a payload beyond its
 * JSON costs nothing where no argument is an object, and three searches through the text at most where one is.
 */
import { SocketIOError } from "@x/errors/socketio";
import { holdsObjects, inspect, isDeeper, revive, type Reviver, type Slot } from "./binary.js";
import { invalidPacket, overLimit } from "./faults.js";
import { DEFAULT_PACKET_LIMITS, type PacketLimits } from "./limits.js";
import { isValid, namespaceName, type Packet, withoutBinary } from "./packet.js";
import * as PacketType from "./packet-type.js";

export type { Reviver } from "./binary.js";

/** A packet whose attachments are still under way. */
interface PartialPacket {
  readonly packet: Packet;
  readonly slots: readonly Slot[];
  readonly expected: number;
  readonly attachments: unknown[];
  bytes: number;
}

export interface DecoderOptions {
  /** What a packet may ask of its receiver. Default: the limits' own defaults. */
  readonly limits?: PacketLimits;
  /** How bytes are handed out, for example as Node's Buffer; they are the receiver's own. */
  readonly adopt?: (bytes: Uint8Array) => unknown;
}

const none: DecoderOptions = {};

export class Decoder {
  readonly #options: DecoderOptions;
  /** Told every value of a payload, innermost first; what it answers takes the value's place. */
  readonly #reviver: Reviver | undefined;
  #state: PartialPacket | SocketIOError | undefined;

  /** @param options kept, not copied: one object serves any number of decoders. */
  constructor(options: DecoderOptions = none, reviver?: Reviver) {
    this.#options = options;
    this.#reviver = reviver;
  }

  /**
   * Takes one Engine.IO message.
   * @returns the packet that it completes, or `undefined` while attachments are missing.
   * @throws {SocketIOError} `socketio/invalid-packet`, `socketio/too-deep` or `socketio/too-many-attachments`; every later call throws the same.
   */
  push(message: string | Uint8Array): Packet | undefined {
    const state = this.#state;
    if (state instanceof SocketIOError) throw state;
    try {
      return typeof message === "string" ? this.#text(message, state) : this.#attachment(message, state);
    } catch (error) {
      const failure = error instanceof SocketIOError ? error : invalidPacket("malformed packet");
      this.#state = failure;
      throw failure;
    }
  }

  #text(text: string, partial: PartialPacket | undefined): Packet | undefined {
    if (partial !== undefined) throw invalidPacket("text where an attachment was announced");
    const { limits = DEFAULT_PACKET_LIMITS } = this.#options;
    const type = packetType(text);
    const isBinary = type >= PacketType.BINARY_EVENT;
    const head = isBinary ? endOfDigits(text, 1) + 1 : 1;
    const expected = isBinary ? attachmentCount(text, head - 1, limits) : 0;
    const hasName = text[head] === "/";
    const endOfName = hasName ? endOfNamespace(text, head, limits) : head;
    const nsp = hasName ? namespaceName(text.slice(head, endOfName)) : "/";
    const startOfId = hasName ? endOfName + 1 : head;
    const end = endOfDigits(text, startOfId);
    if (end - startOfId > limits.maxAckIdDigits) throw overLimit("maxAckIdDigits", end - startOfId);
    const id = end === startOfId ? undefined : readNumber(text, startOfId, end);
    const data = end >= text.length ? undefined : parseJson(text.slice(end));
    const packet: Packet = { type: withoutBinary(type), nsp, data, id };
    if (!isValid(packet)) throw invalidPacket("payload does not fit the packet type");
    if (isBinary) {
      this.#state = { packet, slots: findSlots(data, expected, limits), expected, attachments: [], bytes: 0 };
      return undefined;
    }
    if (holdsObjects(data)) check(data, text, limits);
    return this.#revived(packet);
  }

  #attachment(bytes: Uint8Array, partial: PartialPacket | undefined): Packet | undefined {
    if (partial === undefined) throw invalidPacket("attachment that no packet announced");
    const { limits = DEFAULT_PACKET_LIMITS, adopt } = this.#options;
    partial.bytes += bytes.length;
    if (partial.bytes > limits.maxAttachmentBytes) throw overLimit("maxAttachmentBytes", partial.bytes, "socketio/too-many-attachments");
    const { attachments, slots, packet } = partial;
    if (attachments.push(adopt === undefined ? bytes : adopt(bytes)) < partial.expected) return undefined;
    this.#state = undefined;
    for (const { holder, key, index } of slots) holder[key] = attachments[index];
    return this.#revived(packet);
  }

  #revived(packet: Packet): Packet {
    return this.#reviver === undefined ? packet : { ...packet, data: revive({ "": packet.data }, "", this.#reviver) };
  }
}

function packetType(text: string): PacketType.Any {
  const type = text.charCodeAt(0) - 48;
  if (type >= 0 && type <= 6) return type as PacketType.Any;
  throw invalidPacket("unknown packet type");
}

/** @returns how many attachments the digits before `end` announce. */
function attachmentCount(text: string, end: number, { maxAttachments }: PacketLimits): number {
  const count = readNumber(text, 1, end);
  if (text[end] !== "-" || count === 0) throw invalidPacket("attachment count");
  if (count > maxAttachments) throw overLimit("maxAttachments", count, "socketio/too-many-attachments");
  return count;
}

/** @returns where the comma behind the namespace is; it may be missing at the very end. */
function endOfNamespace(text: string, at: number, { maxNamespaceLength }: PacketLimits): number {
  const comma = text.indexOf(",", at);
  const end = comma === -1 ? text.length : comma;
  if (end - at > maxNamespaceLength) throw overLimit("maxNamespaceLength", end - at);
  return end;
}

/** @returns where the digits that begin at `start` end; `start` itself where there is none. */
function endOfDigits(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
  }
  return at;
}

function readNumber(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - 48;
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalidPacket("payload is not JSON");
  }
}

/**
 * Depth, and no own `__proto__` key. Such a key is spelt out or has an ASCII character escaped, and each level of nesting has its
 * bracket: what the text shows not to be there need not be looked for in the value.
 */
function check(data: object, text: string, { maxNestingDepth }: PacketLimits): void {
  if (text.includes("__proto__") || text.includes("\\u00")) inspect(data, maxNestingDepth, 0);
  else if (hasRoomFor(maxNestingDepth + 1, text) && isDeeper(data, maxNestingDepth)) throw overLimit("maxNestingDepth", maxNestingDepth, "socketio/too-deep");
}

/**
 * Whether a text could hold so many levels, going by its brackets. Once all arrays are counted the other levels are objects, of which
 * one in another takes five characters, `{"":}`, and the innermost two: a text of some hundred characters is not searched for them.
 */
function hasRoomFor(levels: number, text: string): boolean {
  let missing = levels;
  for (let at = text.indexOf("["); at !== -1 && missing > 0; at = text.indexOf("[", at + 1)) missing--;
  for (let at = text.indexOf("{"); at !== -1 && missing > 0 && text.length - at >= 5 * missing - 3; at = text.indexOf("{", at + 1)) missing--;
  return missing <= 0;
}

function findSlots(data: unknown, attachments: number, { maxNestingDepth }: PacketLimits): readonly Slot[] {
  const slots: Slot[] = [];
  inspect(data, maxNestingDepth, attachments, slots);
  return slots;
}
