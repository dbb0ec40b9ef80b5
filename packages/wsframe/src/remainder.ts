/**
 * What chunks leave unfinished: the beginning of a frame, a message whose rest is missing, chunks that have to wait.
 *
 * Room: wsframe core. A decoder makes one when it needs it first, so that a connection whose frames arrive whole has none.
 */
import { Assembler } from "./assembler.js";
import { ChunkQueue } from "./chunk-queue.js";
import { copyBytes } from "./copy-bytes.js";
import type { DecoderRules } from "./decoder-rules.js";
import type { HeaderReader } from "./header.js";
import { rotateMaskKey } from "./mask.js";
import { Opcode } from "./opcode.js";
import { CHUNK_START, type ParseBuffer } from "./parse-buffer.js";

const noBytes = new Uint8Array(0);

export class Remainder {
  readonly message: Assembler;
  readonly waiting: ChunkQueue;
  /** Of the data frame that is being collected: payload bytes still missing. */
  missing = 0;
  #missingKey = 0;
  /** What the last chunk left: the beginning of a header or of a control frame. */
  #carry: Uint8Array = noBytes;
  #carryLength = 0;

  constructor({ limits, text, allocate }: DecoderRules) {
    this.message = new Assembler(limits, text, allocate);
    this.waiting = new ChunkQueue(limits.maxPausedBytes);
  }

  /** Bytes of memory. */
  get heldBytes(): number {
    return this.waiting.bytes + this.#carryLength + this.message.heldBytes;
  }

  /** Keeps `[at, end)`, at most {@link CHUNK_START} bytes, for the next chunk. */
  leave(bytes: Uint8Array, at: number, end: number): void {
    if (this.#carry.length === 0) this.#carry = new Uint8Array(CHUNK_START);
    copyBytes(bytes, at, end, this.#carry, 0);
    this.#carryLength = end - at;
  }

  /** Puts what was left directly before {@link CHUNK_START}. @returns where it begins. */
  restore(bytes: Uint8Array): number {
    const start = CHUNK_START - this.#carryLength;
    if (this.#carryLength > 0) copyBytes(this.#carry, 0, this.#carryLength, bytes, start);
    this.#carryLength = 0;
    return start;
  }

  /** A data frame whose payload must be collected: limits first. */
  begin(header: HeaderReader): void {
    if (header.opcode !== Opcode.continuation) this.message.open(header.opcode, header.reserved);
    this.message.admit(header.payloadBytes, header.isFinal);
    this.missing = header.payloadBytes;
    this.#missingKey = header.maskKey;
  }

  /** Takes what is there of the current data frame. @returns where that ends. */
  collect(buffer: ParseBuffer, start: number, end: number): number {
    const taken = Math.min(this.missing, end - start);
    this.message.append(buffer, start, start + taken, this.#missingKey);
    this.missing -= taken;
    this.#missingKey = rotateMaskKey(this.#missingKey, taken);
    return start + taken;
  }

  /** Whether the frame that was collected last ended its message, which waits to be taken. */
  get hasMessage(): boolean {
    return this.missing === 0 && this.message.isComplete;
  }

  /** Whether anything is here that needs no further byte. */
  get isWaiting(): boolean {
    return this.hasMessage || this.waiting.bytes > 0;
  }
}
