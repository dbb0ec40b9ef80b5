/**
 * Messages that are encoded once and sent to many.
 *
 * Room: wsframe core.
 */
import { finBit, headerBytes, writeHeader } from "./header.js";
import { Opcode } from "./opcode.js";
import { neutralText, type TextPort } from "./text-port.js";

/** A message and its frame as every server sends it. A client masks, with a fresh key each time, and so starts from `data`. */
export interface PreparedMessage {
  readonly data: string | Uint8Array;
  /** The whole unmasked frame; shared by everyone it is sent to, so nobody may write to it. */
  readonly frame: Uint8Array;
  /** The frame's payload: a view of {@link frame}. */
  readonly payload: Uint8Array;
}

/**
 * Encodes a message once. Bytes given are copied into the frame, so later changes to them are not sent to unmasked peers.
 *
 * @returns what `sendPrepared` of the layers above takes.
 */
export function prepareMessage(data: string | Uint8Array, text: TextPort = neutralText): PreparedMessage {
  const length = typeof data === "string" ? text.byteLength(data) : data.length;
  const frame = new Uint8Array(headerBytes(length, false) + length);
  const opcode = typeof data === "string" ? Opcode.text : Opcode.binary;
  const start = writeHeader(frame, 0, finBit | opcode, length, undefined);
  if (typeof data === "string") text.write(data, frame, start);
  else frame.set(data, start);
  return { data, frame, payload: frame.subarray(start) };
}
