/**
 * Chunks that wait while a decoder is paused, first in, first out, bounded.
 *
 * Room: wsframe core.
 */
import { floodFault } from "./faults.js";

/** Every operation takes constant time, copies of the bytes aside. */
export class ChunkQueue {
  readonly #maxBytes: number;
  #chunks: Uint8Array[] = [];
  #head = 0;
  #bytes = 0;

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

  /** Puts the rest of the chunk that was taken last back to the front. The caller gives it away: it is not copied. */
  unshift(rest: Uint8Array): void {
    this.#bytes += rest.length;
    if (this.#head > 0) this.#chunks[--this.#head] = rest;
    else this.#chunks.unshift(rest);
  }

  /** @returns the oldest chunk, or `undefined`. */
  shift(): Uint8Array | undefined {
    const chunk = this.#chunks[this.#head];
    if (chunk === undefined) return undefined;
    this.#bytes -= chunk.length;
    this.#chunks[this.#head++] = empty;
    if (this.#head === this.#chunks.length) this.clear();
    return chunk;
  }

  /** Forgets everything. */
  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}

const empty = new Uint8Array(0);
