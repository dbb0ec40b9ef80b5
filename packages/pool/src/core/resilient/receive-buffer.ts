/**
 * Messages that have come and were not taken yet, bounded in number and bytes. Room: pool core.
 *
 * What a full buffer does is its policy; every loss is counted. Work per message is constant.
 */
import { BufferOverflowError } from "@x/errors/pool";
import { Fifo } from "./fifo.js";
import type { BufferLimits } from "./options.js";

interface Message<T> {
  readonly kind: "message";
  message: T;
  bytes: number;
  readonly key: unknown;
}
type Entry<T> =
  | Message<T>
  | { readonly kind: "error"; readonly error: Error }
  | { readonly kind: "gap"; dropped: number };

/** What is taken out: a message, or an error that stands where messages are missing. */
export type Taken<T> = { readonly message: T } | { readonly error: Error };

/** Bytes that several buffers may hold together. */
export class ByteBudget {
  readonly maxBytes: number;
  bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** @returns whether so many more fit. */
  admits(bytes: number): boolean {
    return this.bytes + bytes <= this.maxBytes;
  }
}

export class ReceiveBuffer<T> {
  readonly #limits: BufferLimits;
  readonly #keyOf: ((message: T) => unknown) | undefined;
  #budget: ByteBudget;
  readonly #entries = new Fifo<Entry<T>>();
  /** What waits, by key, where the policy is "conflate". */
  readonly #byKey = new Map<unknown, Message<T>>();
  #bytes = 0;
  #dropped = 0;
  #conflated = 0;
  #isFull = false;
  /** Something was lost since a message was last taken. */
  #isLosing = false;

  /** @param budget what this buffer shares with others; none without. */
  constructor(limits: BufferLimits, keyOf?: (message: T) => unknown, budget: ByteBudget = new ByteBudget(Infinity)) {
    this.#limits = limits;
    this.#budget = budget;
    this.#keyOf = limits.policy === "conflate" ? keyOf : undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Messages lost to the policy since the beginning. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Messages replaced by newer ones of their key. */
  get conflated(): number {
    return this.#conflated;
  }

  /** How full: 0 to 1, and beyond where a transport went on after it was told to pause. */
  get fillRatio(): number {
    return Math.max(this.size / this.#limits.capacity, this.#bytes / this.#limits.maxBytes);
  }

  /** The policy is "pause": reading is to stop until half is taken. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** @returns whether something was lost, for the first time since a message was last taken. */
  push(message: T, bytes: number): boolean {
    const key = this.#keyOf?.(message);
    if (key !== undefined && this.#replace(key, message, bytes)) return false;
    const entry: Message<T> = { kind: "message", message, bytes, key };
    const wasLosing = this.#isLosing;
    if (this.#admits(bytes)) {
      if (key !== undefined) this.#byKey.set(key, entry);
      this.#count(bytes);
      this.#add(entry);
    }
    return this.#isLosing && !wasLosing;
  }

  /** An error that the consumer is to meet in its place among the messages. @returns as {@link push}. */
  pushError(error: Error): boolean {
    const wasLosing = this.#isLosing;
    if (this.#admits(0)) this.#add({ kind: "error", error });
    return this.#isLosing && !wasLosing;
  }

  shift(): Taken<T> | undefined {
    const entry = this.#entries.shift();
    if (entry === undefined) return undefined;
    this.#isLosing = false;
    if (entry.kind === "message") this.#forget(entry);
    if (this.#isFull && this.fillRatio <= 0.5) this.#isFull = false;
    switch (entry.kind) {
      case "message": return { message: entry.message };
      case "error": return { error: entry.error };
      case "gap": return { error: this.#overflowError(entry.dropped) };
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#byKey.clear();
    this.#count(-this.#bytes);
    this.#isFull = this.#isLosing = false;
  }

  /** Nothing more will come: what is there is nobody's business but its holder's. */
  leaveBudget(): void {
    this.#budget.bytes -= this.#bytes;
    this.#budget = new ByteBudget(Infinity);
    this.#budget.bytes = this.#bytes;
  }

  /** Makes room as the policy says. @returns whether there is some. */
  #admits(bytes: number): boolean {
    const { policy, maxBytes } = this.#limits;
    if (policy === "pause" || this.#hasRoom(bytes)) return true;
    if (policy === "error") this.#openGap();
    else if (policy === "dropNewest" || bytes > maxBytes) this.#lose();
    else return this.#makeRoom(bytes);
    return false;
  }

  #add(entry: Entry<T>): void {
    this.#entries.push(entry);
    if (this.#limits.policy === "pause" && (this.fillRatio >= 1 || !this.#budget.admits(0))) this.#isFull = true;
  }

  #hasRoom(bytes: number): boolean {
    const { policy, capacity, maxBytes } = this.#limits;
    if (policy === "error" && this.#entries.last?.kind === "gap") return false; // what follows a gap waits until it is seen
    return this.size < capacity && this.#bytes + bytes <= maxBytes && this.#budget.admits(bytes);
  }

  /** @returns false where all of it is not enough, because others hold what there is. */
  #makeRoom(bytes: number): boolean {
    while (!this.#hasRoom(bytes)) {
      const oldest = this.#entries.shift();
      this.#lose();
      if (oldest === undefined) return false;
      if (oldest.kind === "message") this.#forget(oldest);
    }
    return true;
  }

  #openGap(): void {
    const { last } = this.#entries;
    if (last?.kind === "gap") last.dropped++;
    else this.#entries.push({ kind: "gap", dropped: 1 });
    this.#lose();
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#budget.bytes += bytes;
  }

  #lose(): void {
    this.#dropped++;
    this.#isLosing = true;
  }

  /** The newer message takes the place of the older in the line. A larger one takes it where there are bytes for it. */
  #replace(key: unknown, message: T, bytes: number): boolean {
    const older = this.#byKey.get(key);
    if (older === undefined || this.#bytes - older.bytes + bytes > this.#limits.maxBytes || !this.#budget.admits(bytes - older.bytes)) return false;
    this.#count(bytes - older.bytes);
    older.message = message;
    older.bytes = bytes;
    this.#conflated++;
    return true;
  }

  #forget(entry: Message<T>): void {
    this.#count(-entry.bytes);
    if (this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
  }

  #overflowError(dropped: number): BufferOverflowError {
    const { capacity, maxBytes } = this.#limits;
    return new BufferOverflowError(`Cannot receive: ${dropped} messages came while the buffer was full (${capacity} messages, ${maxBytes} bytes)`, { capacity, dropped });
  }
}
