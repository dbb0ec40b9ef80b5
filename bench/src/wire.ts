/**
 * The bytes the generator sends and expects, RFC 6455 §5.2: written here on purpose, so that no library under test has a part in it.
 */
import { randomBytes } from "node:crypto";

export type FrameOpcode = 1 | 2;

/** A whole message in one frame. Clients mask (§5.3), servers do not. */
export function frame(opcode: FrameOpcode, payload: Uint8Array, isMasked: boolean): Buffer {
  const length = payload.length;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const header = Buffer.alloc(2 + extended);
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) header.writeUInt16BE(length, 2);
  if (extended === 8) header.writeBigUInt64BE(BigInt(length), 2);
  if (!isMasked) return Buffer.concat([header, payload]);
  const key = randomBytes(4);
  return Buffer.concat([header, key, payload.map((byte, index) => byte ^ key[index % 4]!)]);
}

/**
 * Counts the frames of a server by their headers alone. Works on any cut of the stream, and keeps nothing but a header's rest.
 */
export class FrameCounter {
  /** Complete frames so far. */
  frames = 0;
  readonly #header = Buffer.alloc(10);
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
    return short === 126 ? 4 : short === 127 ? 10 : 2;
  }

  #payloadLength(): number {
    const short = this.#header[1]! & 0x7f;
    if (short === 126) return this.#header.readUInt16BE(2);
    return short === 127 ? Number(this.#header.readBigUInt64BE(2)) : short;
  }
}
