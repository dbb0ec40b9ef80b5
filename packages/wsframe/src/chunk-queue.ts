/**
 * Chunks that wait while a decoder is paused, first in, first out, bounded.
 *
 * Room: wsframe core.
 */
import { floodFault } from "./faults.js";

const empty = new Uint8Array(0);

/** Every operation takes constant time, copies of the bytes aside. */
export class ChunkQueue {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #head = 0;
  #bytes = 0;
  /** The chunk that {@link shift} gave last: nobody else holds it, so its rest may come back without a copy. */
  #taken: Uint8Array | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a copy of a chunk. @throws {WebSocketProtocolException} `wsframe/paused-overflow`, close code 1008. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) {
      throw floodFault("wsframe/paused-overflow", `Cannot keep chunk while paused: at most ${this.#maxBytes} bytes may wait`, this.#maxBytes);
    }
    this.#chunks.push(Uint8Array.from(chunk));
  }

  /** Puts the rest of a chunk to the front: copied, unless the chunk is the one that was taken out last. */
  unshift(chunk: Uint8Array, from: number): void {
    const isOwn = chunk === this.#taken;
    const rest = isOwn ? chunk.subarray(from) : Uint8Array.from(chunk.subarray(from));
    this.#bytes += rest.length;
    if (this.#head > 0) this.#chunks[--this.#head] = rest;
    else this.#chunks.unshift(rest);
  }

  /** @returns the oldest chunk, or `undefined`. */
  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head];
    if (chunk === undefined) return undefined;
    this.#bytes -= chunk.length;
    this.#taken = chunk;
    this.#chunks[this.#head++] = empty;
    if (this.#head < this.#chunks.length) return chunk;
    this.#chunks = [];
    this.#head = 0;
    return chunk;
  }
}
