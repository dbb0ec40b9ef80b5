/**
 * One write per connection and turn: frames of all connections are written into one pool, and leave together.
 *
 * Room: simple-ws shell; one per process. What a connection sends while its own bytes are parsed is written at the end of
 * that parse ({@link enter}, {@link leave}); everything else in one deferred flush over the connections that have something.
 */

/** A connection's side of the batch. The fields are the batch's alone. */
export interface BatchMember {
  /** Chunks that wait before the member's open segment of the pool. */
  queue: Uint8Array | Uint8Array[] | undefined;
  /** Bytes in the queue and in the open segment: above 0, a flush is due. */
  queuedBytes: number;
  /** Whether {@link write} will normally leave nothing behind. */
  readonly writesAtOnce: boolean;
  /** @returns whether the chunk's memory is free again. */
  write(chunk: Uint8Array): boolean;
  /** All of the member's chunks have been given to {@link write}. */
  flushed(): void;
}

/** 64 KiB and room for the header of a message of that size. */
export const POOL_BYTES: number = 65_536 + 64;

export class WriteBatch {
  /** Where {@link reserve}'s offset points to: the pool, or memory of its own for a frame that is larger. */
  target: Uint8Array;
  readonly #allocate: (bytes: number) => Uint8Array;
  readonly #defer: (callback: () => void) => void;
  readonly #flushDeferred = (): void => {
    this.#isScheduled = false;
    this.flushAll();
  };
  #pool: Uint8Array;
  #used = 0;
  /** Whose segment `[#start, #used)` is still open. */
  #owner: BatchMember | undefined;
  #start = 0;
  /** The system still reads from the pool. */
  #isPinned = false;
  #entered: BatchMember | undefined;
  #dirty: BatchMember[] = [];
  #isScheduled = false;
  /** Flushes under way, one within another: their members may still have segments in the pool. */
  #depth = 0;

  constructor(allocate: (bytes: number) => Uint8Array, defer: (callback: () => void) => void) {
    this.#allocate = allocate;
    this.#defer = defer;
    this.#pool = allocate(POOL_BYTES);
    this.target = this.#pool;
  }

  /** `member`'s bytes are about to be parsed. @returns what {@link leave} wants back. */
  enter(member: BatchMember): BatchMember | undefined {
    const outer = this.#entered;
    if (outer !== member && isDirty(outer)) this.#dirty.push(outer);
    this.#entered = member;
    return outer;
  }

  /** The parse is over: what it sent is written. */
  leave(member: BatchMember, outer: BatchMember | undefined): void {
    this.#entered = outer;
    if (isDirty(member)) this.flush(member);
  }

  /** @returns the offset in {@link target} from which `bytes` bytes may be written and then committed. */
  reserve(member: BatchMember, bytes: number): number {
    if (bytes > POOL_BYTES) {
      this.target = this.#allocate(bytes);
      return 0;
    }
    if (this.#used + bytes > POOL_BYTES) this.flushAll();
    if (this.#isPinned || this.#used + bytes > POOL_BYTES) this.#renew(); // within a flush, whose chunks are still read
    if (this.#owner !== member) this.#open(member);
    return this.#used;
  }

  commit(member: BatchMember, end: number): void {
    if (this.target !== this.#pool) {
      const own = this.target;
      this.target = this.#pool;
      this.append(member, end === own.length ? own : own.subarray(0, end));
      return;
    }
    const bytes = end - this.#used;
    this.#used = end;
    this.#count(member, bytes);
  }

  /** Queues bytes that nobody changes until they are written. */
  append(member: BatchMember, chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#owner === member) this.#seal();
    this.#push(member, chunk);
    this.#count(member, chunk.length);
  }

  /** Writes what one connection has. */
  flush(member: BatchMember): void {
    this.#depth++;
    this.#write(member);
    this.#depth--;
    this.#recycle();
  }

  /** Writes what every connection has. */
  flushAll(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    this.#depth++;
    for (const member of dirty) if (isDirty(member)) this.#write(member);
    if (isDirty(this.#entered)) this.#write(this.#entered);
    this.#depth--;
    this.#recycle();
  }

  /** Forgets what one connection has. */
  drop(member: BatchMember): void {
    if (this.#owner === member) this.#owner = undefined;
    member.queue = undefined;
    member.queuedBytes = 0;
  }

  #count(member: BatchMember, bytes: number): void {
    const wasDirty = isDirty(member);
    member.queuedBytes += bytes;
    if (!wasDirty) this.#schedule(member);
  }

  #schedule(member: BatchMember): void {
    if (member === this.#entered) return;
    this.#dirty.push(member);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#defer(this.#flushDeferred);
  }

  #open(member: BatchMember): void {
    this.#seal();
    this.#owner = member;
    this.#start = this.#used;
  }

  /** The open segment becomes a chunk of its owner's queue. */
  #seal(): void {
    const owner = this.#owner;
    this.#owner = undefined;
    if (owner !== undefined && this.#used > this.#start) this.#push(owner, this.#pool.subarray(this.#start, this.#used));
  }

  #push(member: BatchMember, chunk: Uint8Array): void {
    const { queue } = member;
    if (queue === undefined) member.queue = chunk;
    else if (Array.isArray(queue)) queue.push(chunk);
    else member.queue = [queue, chunk];
  }

  #write(member: BatchMember): void {
    if (this.#owner === member) this.#seal();
    const { queue, queuedBytes } = member;
    member.queue = undefined;
    member.queuedBytes = 0;
    if (queue === undefined) return;
    if (!Array.isArray(queue)) this.#writeChunk(member, queue);
    else if (queuedBytes <= POOL_BYTES) this.#writeChunk(member, this.#merge(queue, queuedBytes));
    else for (const chunk of queue) this.#writeChunk(member, chunk);
    member.flushed();
  }

  #writeChunk(member: BatchMember, chunk: Uint8Array): void {
    const isPools = chunk.buffer === this.#pool.buffer;
    if (isPools && !member.writesAtOnce) member.write(this.#copy(chunk));
    else if (!member.write(chunk) && isPools) this.#isPinned = true;
  }

  /** One chunk of many, in the rest of the pool where it fits: it is written before anything else can be put there. */
  #merge(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
    const merged = !this.#isPinned && this.#used + bytes <= POOL_BYTES ? this.#pool.subarray(this.#used, this.#used + bytes) : this.#allocate(bytes);
    let at = 0;
    for (const chunk of chunks) {
      merged.set(chunk, at);
      at += chunk.length;
    }
    return merged;
  }

  #copy(chunk: Uint8Array): Uint8Array {
    const copy = this.#allocate(chunk.length);
    copy.set(chunk);
    return copy;
  }

  /** The pool starts anew when nothing of it waits. */
  #recycle(): void {
    if (this.#isPinned) this.#renew();
    else if (this.#depth === 0 && this.#dirty.length === 0 && !isDirty(this.#entered)) {
      this.#used = 0;
      this.#start = 0;
      this.#owner = undefined;
    }
  }

  #renew(): void {
    this.#seal(); // chunks keep the old memory alive
    this.#pool = this.#allocate(POOL_BYTES);
    this.target = this.#pool;
    this.#used = 0;
    this.#start = 0;
    this.#isPinned = false;
  }
}

function isDirty(member: BatchMember | undefined): member is BatchMember {
  return member !== undefined && member.queuedBytes > 0;
}
