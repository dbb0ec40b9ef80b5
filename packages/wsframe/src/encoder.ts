/**
 * The sending half of RFC 6455 §5 and §6.1: frames written into a buffer of the caller's, which may hold many.
 *
 * Room: wsframe core. No memory is taken: text goes straight to its place, and only then is its header's size known for sure.
 */
import { argumentFault } from "./faults.js";
import { MAX_CONTROL_PAYLOAD_BYTES, MAX_HEADER_BYTES, finBit, headerBytes, writeHeader } from "./header.js";
import { maskBytes } from "./mask.js";
import { isControlOpcode, Opcode } from "./opcode.js";
import { CHUNK_BYTES, SCRATCH_START, sharedBuffer } from "./parse-buffer.js";
import { neutralText, type TextPort } from "./text-port.js";

/** Up to this length a masking loop in JavaScript costs less than the way through the scratch area. */
const shortMaskBytes = 64;

/** @returns the length of a whole frame with such a payload, in bytes. */
export function frameLength(payloadBytes: number, isMasked: boolean): number {
  return headerBytes(payloadBytes, isMasked) + payloadBytes;
}

/** @returns how many bytes to reserve for a frame with this payload, masked or not; its real length may be less. */
export function maxFrameBytes(data: string | Uint8Array): number {
  return MAX_HEADER_BYTES + (typeof data === "string" ? data.length * 3 : data.length);
}

/**
 * Writes a text message as one frame. From `offset` on there must be room for it: {@link maxFrameBytes}, or exactly
 * {@link frameLength} of the text's `byteLength`.
 *
 * @param maskKey 32 unpredictable bits (§5.3) for a client's frame, `undefined` for a server's.
 * @returns the offset after the frame.
 */
export function writeTextFrame(target: Uint8Array, offset: number, text: string, port: TextPort = neutralText, maskKey?: number): number {
  const isMasked = maskKey !== undefined;
  // Text is mostly ASCII: as many bytes as units. If that misses the header's size, the payload moves.
  const guess = offset + headerBytes(text.length, isMasked);
  const written = port.write(text, target, guess);
  const start = offset + headerBytes(written, isMasked);
  if (start !== guess) target.copyWithin(start, guess, guess + written);
  writeHeader(target, offset, finBit | Opcode.text, written, maskKey);
  if (isMasked) maskInPlace(target, start, start + written, maskKey);
  return start + written;
}

/** Writes a binary message as one frame; otherwise as {@link writeTextFrame}. */
export function writeBinaryFrame(target: Uint8Array, offset: number, payload: Uint8Array, maskKey?: number): number {
  return writeFrame(target, offset, finBit | Opcode.binary, payload, maskKey);
}

/**
 * Writes a Close, Ping or Pong frame; the payload of a Close comes from `encodeClosePayload`.
 *
 * @returns the offset after the frame.
 * @throws {WebSocketException} `wsframe/invalid-argument`: the payload has more than 125 bytes (§5.5), or the opcode is not a control opcode.
 */
export function writeControlFrame(target: Uint8Array, offset: number, opcode: Opcode, payload: Uint8Array, maskKey?: number): number {
  if (!isControlOpcode(opcode)) throw argumentFault("wsframe/invalid-argument", `Cannot write control frame: opcode ${opcode} is none`);
  if (payload.length > MAX_CONTROL_PAYLOAD_BYTES) {
    throw argumentFault("wsframe/invalid-argument", `Cannot write control frame: its payload has ${payload.length} bytes, must have at most ${MAX_CONTROL_PAYLOAD_BYTES}`);
  }
  return writeFrame(target, offset, finBit | opcode, payload, maskKey);
}

/** Writes any frame; `firstByte` is FIN, reserved bits and opcode as on the wire. @returns the offset after the frame. */
export function writeFrame(target: Uint8Array, offset: number, firstByte: number, payload: Uint8Array, maskKey?: number): number {
  const start = writeHeader(target, offset, firstByte, payload.length, maskKey);
  target.set(payload, start);
  if (maskKey !== undefined) maskInPlace(target, start, start + payload.length, maskKey);
  return start + payload.length;
}

/** XORs `[start, end)` of any memory with the key, by way of the SIMD memory's scratch area if that pays. */
export function maskInPlace(target: Uint8Array, start: number, end: number, key: number): void {
  if (end - start <= shortMaskBytes) {
    maskBytes(target, start, end, key);
    return;
  }
  const { bytes, unmask } = sharedBuffer();
  for (let at = start; at < end; at += CHUNK_BYTES) { // a multiple of 4, so the key needs no turning
    const length = Math.min(CHUNK_BYTES, end - at);
    bytes.set(target.subarray(at, at + length), SCRATCH_START);
    unmask(SCRATCH_START, SCRATCH_START + length, key);
    target.set(bytes.subarray(SCRATCH_START, SCRATCH_START + length), at);
  }
}
