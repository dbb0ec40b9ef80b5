/**
 * A connection's way out: frames go into the shared {@link WriteBatch}, from there to the link; what waits is counted truly.
 *
 * Room: simple-ws shell. Sizes are bytes.
 */
import type { ByteOutput } from "../core/connection.js";
import type { ByteDuplex } from "./ports.js";
import type { BatchMember, WriteBatch } from "./write-batch.js";

/** Who is told that a congestion is over. */
export interface OutgoingOwner {
  onRelieved(): void;
}

export class Outgoing implements ByteOutput, BatchMember {
  queue: Uint8Array | Uint8Array[] | undefined = undefined;
  queuedBytes = 0;
  isDirty = false;
  readonly #batch: WriteBatch;
  readonly #duplex: ByteDuplex;
  readonly #highWaterMarkBytes: number;
  /** What the link held after the last write to it; the truth may be less by now. */
  #lingeringBytes = 0;
  readonly #owner: OutgoingOwner;
  /** Somebody has seen the congestion and waits for its end. */
  #isAwaited = false;

  constructor(batch: WriteBatch, duplex: ByteDuplex, highWaterMarkBytes: number, owner: OutgoingOwner) {
    this.#batch = batch;
    this.#duplex = duplex;
    this.#owner = owner;
    this.#highWaterMarkBytes = Math.max(highWaterMarkBytes, duplex.highWaterMarkBytes);
  }

  get target(): Uint8Array {
    return this.#batch.target;
  }

  reserve(bytes: number): number {
    return this.#batch.reserve(this, bytes);
  }

  commit(end: number): void {
    this.#batch.commit(this, end);
  }

  append(bytes: Uint8Array): void {
    this.#batch.append(this, bytes);
  }

  end(): void {
    if (this.isDirty) this.#batch.flush(this);
    this.#duplex.end();
  }

  destroy(): void {
    this.#batch.drop(this);
    this.#duplex.destroy();
  }

  /** Written by us and not yet taken by the system. */
  get bufferedBytes(): number {
    return this.queuedBytes + this.#duplex.bufferedBytes;
  }

  /** Whether more waits than the high-water mark; who has seen it is told of its end. Cheap while nothing lingers in the link. */
  get isCongested(): boolean {
    if (this.queuedBytes + this.#lingeringBytes <= this.#highWaterMarkBytes) return false;
    this.#lingeringBytes = this.#duplex.bufferedBytes;
    const isCongested = this.queuedBytes + this.#lingeringBytes > this.#highWaterMarkBytes;
    if (isCongested) this.#isAwaited = true;
    return isCongested;
  }

  /** Whether `bytes` more are within `limitBytes`. */
  hasRoomFor(bytes: number, limitBytes: number): boolean {
    if (this.queuedBytes + this.#lingeringBytes + bytes <= limitBytes) return true;
    this.#lingeringBytes = this.#duplex.bufferedBytes;
    return this.queuedBytes + this.#lingeringBytes + bytes <= limitBytes;
  }

  /** For the {@link WriteBatch}, and for the driver when the link has drained. */
  flushed(): void {
    if (!this.#isAwaited || this.isCongested) return;
    this.#isAwaited = false;
    this.#owner.onRelieved();
  }

  /** For the {@link WriteBatch}. */
  get writesAtOnce(): boolean {
    return this.#duplex.writesAtOnce && this.#duplex.bufferedBytes === 0;
  }

  /** For the {@link WriteBatch}. */
  write(chunk: Uint8Array): boolean {
    this.#duplex.write(chunk);
    this.#lingeringBytes = this.#duplex.bufferedBytes;
    return this.#lingeringBytes === 0;
  }
}
