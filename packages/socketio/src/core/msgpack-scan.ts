/**
 * Looks a MessagePack message over before a decoder allocates for it (MessagePack specification, "Formats").
 *
 * Room: socketio core. Decoders make room for as many items as a container's head announces, which costs a peer five bytes. Here all
 * that is announced must fit into the bytes that are left, so that memory stays in proportion to what was received. Linear, allocates
 * one number per level.
 */
import { invalidPacket, overLimit } from "./faults.js";

/** From byte 0xc0 to 0xdf: size of the head (0 for the byte that is not used), and of the length at its second byte. */
const HEAD_SIZES: readonly number[] = [1, 0, 1, 1, 2, 3, 5, 3, 4, 6, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9, 3, 4, 6, 10, 18, 2, 3, 5, 3, 5, 3, 5];
const LENGTH_BYTES: readonly number[] = [0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4];
const FIRST_HEAD = 0xc0;
const BIN_8 = 0xc4;
const EXT_32 = 0xc9;
const FIXEXT_1 = 0xd4;
const FIXEXT_16 = 0xd8;
const ARRAY_16 = 0xdc;
const MAP_16 = 0xde;

/**
 * @param maxDepth deepest nesting of arrays and maps.
 * @returns whether any of it becomes bytes, or what a type of the application's makes of them.
 * @throws {SocketIOError} `socketio/invalid-packet` unless the bytes are exactly one value, `socketio/too-deep`.
 */
export function scanMsgpack(bytes: Uint8Array, maxDepth: number): boolean {
  const scan = new Scan(bytes);
  /** Items that the open containers, outermost first, still expect; the message itself is the first. */
  const open = [1];
  let expected = 1;
  for (let top = 0; top >= 0; top = open.length - 1) {
    const left = open[top] ?? 0;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[top] = left - 1;
    const items = scan.next();
    expected += items - 1;
    if (expected > bytes.length - scan.at) throw invalidPacket("MessagePack ends too soon");
    if (items === 0) continue;
    if (open.push(items) > maxDepth + 1) throw overLimit("maxNestingDepth", maxDepth + 1, "socketio/too-deep");
  }
  if (scan.at !== bytes.length) throw invalidPacket("bytes behind a MessagePack value");
  return scan.mayHoldBytes;
}

class Scan {
  at = 0;
  mayHoldBytes = false;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Passes a value, of a container its head alone. @returns how many values follow as its items. */
  next(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw invalidPacket("MessagePack ends too soon");
    if (byte >= FIRST_HEAD && byte < 0xe0) return this.#head(byte);
    this.at += byte >= 0xa0 && byte < FIRST_HEAD ? 1 + (byte & 31) : 1;
    if (byte < 0x80 || byte >= 0xa0) return 0;
    return byte < 0x90 ? 2 * (byte & 15) : byte & 15;
  }

  #head(byte: number): number {
    const size = HEAD_SIZES[byte - FIRST_HEAD] ?? 0;
    if (size === 0) throw invalidPacket("not MessagePack");
    let length = 0;
    for (let index = 1; index <= (LENGTH_BYTES[byte - FIRST_HEAD] ?? 0); index++) length = length * 256 + (this.#bytes[this.at + index] ?? 0);
    this.at += size;
    if (byte >= ARRAY_16) return byte < MAP_16 ? length : 2 * length;
    this.at += length;
    if ((byte >= BIN_8 && byte <= EXT_32) || (byte >= FIXEXT_1 && byte <= FIXEXT_16)) this.mayHoldBytes = true;
    return 0;
  }
}
