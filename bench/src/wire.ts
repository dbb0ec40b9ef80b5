/**
 * The bytes the generator sends and expects, RFC 6455 §5.2: written here on purpose, so that no library under test has a part in it.
 */
import { randomBytes } from "node:crypto";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";

export type FrameOpcode = 1 | 2;

/** A whole message in one frame. Clients mask (§5.3), servers do not. */
export function frame(opcode: FrameOpcode, payload: Uint8Array, isMasked: boolean, key: Uint8Array = randomBytes(4)): Buffer {
  const length = payload.length;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended);
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([header, payload]);
  return Buffer.concat([header, key, payload.map((byte, index) => byte ^ key[index % 4]!)]);
}

const compressedBit = 0x40;
const tail = Buffer.of(0, 0, 0xff, 0xff);

/** {@link frame}, compressed alone (RFC 7692 §7.2.1): whatever went before, it can be read. */
export function compressedFrame(opcode: FrameOpcode, payload: Uint8Array, isMasked: boolean): Buffer {
  const deflated = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -tail.length);
  const bytes = frame(opcode, deflated, isMasked);
  bytes[0]! |= compressedBit;
  return bytes;
}

/** A server's first frame with its payload inflated, if it is compressed: what {@link frame} would have made. */
export function inflatedFrame(bytes: Buffer): Buffer {
  const short = bytes[1]! & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const payload = bytes.subarray(start, start + length);
  const opcode = (bytes[0]! & 0x0f) as FrameOpcode;
  if ((bytes[0]! & compressedBit) === 0) return frame(opcode, payload, false);
  return frame(opcode, inflateRawSync(Buffer.concat([payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH }), false);
}

/** The payload of a client's first frame (§5.3). */
export function unmasked(bytes: Buffer): Buffer {
  const short = bytes[1]! & 0x7f;
  const lengthEnd = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const key = bytes.subarray(lengthEnd, lengthEnd + 4);
  const start = lengthEnd + 4;
  return Buffer.from(bytes.subarray(start, start + length).map((byte, index) => byte ^ key[index % 4]!));
}

/**
 * Counts frames by their headers alone. Works on any cut of the stream, masked or not, and keeps nothing but a header's rest.
 */
export class FrameCounter {
  /** Complete frames so far. */
  frames = 0;
  readonly #header = Buffer.alloc(14);
  #held = 0;
  #skip = 0;

  push(chunk: Uint8Array, end: number): void {
    let at = 0;
    for (;;) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, end - at);
        this.#skip -= step;
        at += step;
        if (this.#skip > 0) return;
        this.frames += 1;
      }
      // A header: two bytes, then as many as they say.
      while (this.#held < 2 || this.#held < this.#headerLength()) {
        if (at >= end) return;
        this.#header[this.#held++] = chunk[at++]!;
      }
      this.#skip = this.#payloadLength();
      this.#held = 0;
      if (this.#skip === 0) this.frames += 1;
    }
  }

  #headerLength(): number {
    const short = this.#header[1]! & 0x7f;
    const maskBytes = this.#header[1]! >= 0x80 ? 4 : 0;
    return (short === 126 ? 4 : short === 127 ? 10 : 2) + maskBytes;
  }

  #payloadLength(): number {
    const short = this.#header[1]! & 0x7f;
    if (short === 126) return this.#header.readUInt16BE(2);
    return short === 127 ? Number(this.#header.readBigUInt64BE(2)) : short;
  }
}
