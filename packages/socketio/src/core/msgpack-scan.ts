/**
 * Looks a MessagePack message over before a decoder allocates for it (MessagePack specification, "Formats").
 *
 * Room: socketio core. Decoders make room for as many items as a container's head announces, which costs a peer five bytes. Here all
 * that is announced must fit into the bytes that are left, so that memory stays in proportion to what was received. Linear, allocates
 * one number per level.
 */
import { invalidPacket, overLimit } from "./faults.js";

/** From byte 0xc0 to 0xdf: size of the head, and of the length at its second byte. */
const heads: readonly (readonly [size: number, lengthBytes: number])[] = [
  [1, 0], [0, 0], [1, 0], [1, 0], [2, 1], [3, 2], [5, 4], [3, 1], [4, 2], [6, 4], [5, 0], [9, 0], [2, 0], [3, 0], [5, 0], [9, 0],
  [2, 0], [3, 0], [5, 0], [9, 0], [3, 0], [4, 0], [6, 0], [10, 0], [18, 0], [2, 1], [3, 2], [5, 4], [3, 2], [5, 4], [3, 2], [5, 4],
];
const FIRST_HEAD = 0xc0;
const ARRAY_16 = 0xdc;
const MAP_16 = 0xde;

/**
 * @param maxDepth deepest nesting of arrays and maps.
 * @throws {SocketIOError} `socketio/invalid-packet` unless the bytes are exactly one value, `socketio/too-deep`.
 */
export function scanMsgpack(bytes: Uint8Array, maxDepth: number): void {
  /** Items that the open containers, outermost first, still expect; the message itself is the first. */
  const open = [1];
  let expected = 1;
  let at = 0;
  for (let top = 0; top >= 0; top = open.length - 1) {
    const left = open[top] ?? 0;
    if (left === 0) {
      open.pop();
      continue;
    }
    open[top] = left - 1;
    const { size, items } = readHead(bytes, at);
    at += size;
    expected += items - 1;
    if (expected > bytes.length - at) throw invalidPacket("MessagePack ends too soon");
    if (items === 0) continue;
    if (open.push(items) > maxDepth + 1) throw overLimit("maxNestingDepth", maxDepth + 1, "socketio/too-deep");
  }
  if (at !== bytes.length) throw invalidPacket("bytes behind a MessagePack value");
}

/** @returns how many bytes the value takes, of a container its head alone, and how many values follow as its items. */
function readHead(bytes: Uint8Array, at: number): { readonly size: number; readonly items: number } {
  const byte = bytes[at];
  if (byte === undefined) throw invalidPacket("MessagePack ends too soon");
  if (byte < 0x80 || byte >= 0xe0) return { size: 1, items: 0 };
  if (byte < 0x90) return { size: 1, items: 2 * (byte & 15) };
  if (byte < 0xa0) return { size: 1, items: byte & 15 };
  if (byte < FIRST_HEAD) return { size: 1 + (byte & 31), items: 0 };
  const [size, lengthBytes] = heads[byte - FIRST_HEAD] ?? [0, 0];
  if (size === 0) throw invalidPacket("not MessagePack");
  let length = 0;
  for (let index = 1; index <= lengthBytes; index++) length = length * 256 + (bytes[at + index] ?? 0);
  if (byte < ARRAY_16) return { size: size + length, items: 0 };
  return { size, items: byte < MAP_16 ? length : 2 * length };
}
