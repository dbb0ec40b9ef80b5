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

export class ReceiveBuffer<T> {
  readonly #limits: BufferLimits;
  readonly #keyOf: ((message: T) => unknown) | undefined;
  readonly #entries = new Fifo<Entry<T>>();
  /** What waits, by key, where the policy is "conflate". */
  readonly #byKey = new Map<unknown, Message<T>>();
  #bytes = 0;
  #dropped = 0;
  #conflated = 0;
  #isFull = false;
  /** Something was lost since a message was last taken. */
  #isLosing = false;

  constructor(limits: BufferLimits, keyOf?: (message: T) => unknown) {
    this.#limits = limits;
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
    return this.#admit(bytes, () => {
      if (key !== undefined) this.#byKey.set(key, entry);
      this.#bytes += bytes;
      this.#entries.push(entry);
    });
  }

  /** An error that the consumer is to meet in its place among the messages. @returns as {@link push}. */
  pushError(error: Error): boolean {
    return this.#admit(0, () => this.#entries.push({ kind: "error", error }));
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
    this.#bytes = 0;
    this.#isFull = this.#isLosing = false;
  }

  #admit(bytes: number, add: () => void): boolean {
    const { policy } = this.#limits;
    if (policy === "pause") {
      add();
      this.#isFull ||= this.fillRatio >= 1;
      return false;
    }
    if (this.#hasRoom(bytes)) {
      add();
      return false;
    }
    if (policy === "error") return this.#openGap();
    if (policy === "dropNewest" || bytes > this.#limits.maxBytes) return this.#lose(1);
    const lost = this.#makeRoom(bytes);
    add();
    return this.#lose(lost);
  }

  #hasRoom(bytes: number): boolean {
    const { policy, capacity, maxBytes } = this.#limits;
    if (policy === "error" && this.#entries.last?.kind === "gap") return false; // what follows a gap waits until it is seen
    return this.size < capacity && this.#bytes + bytes <= maxBytes;
  }

  /** @returns how many it cost. */
  #makeRoom(bytes: number): number {
    let lost = 0;
    for (; !this.#hasRoom(bytes); lost++) {
      const oldest = this.#entries.shift();
      if (oldest?.kind === "message") this.#forget(oldest);
    }
    return lost;
  }

  #openGap(): boolean {
    const { last } = this.#entries;
    if (last?.kind === "gap") last.dropped++;
    else this.#entries.push({ kind: "gap", dropped: 1 });
    return this.#lose(1);
  }

  #lose(count: number): boolean {
    this.#dropped += count;
    const isFirst = !this.#isLosing;
    this.#isLosing = true;
    return isFirst;
  }

  /** The newer message takes the place of the older in the line. A larger one takes it where there are bytes for it. */
  #replace(key: unknown, message: T, bytes: number): boolean {
    const older = this.#byKey.get(key);
    if (older === undefined || this.#bytes - older.bytes + bytes > this.#limits.maxBytes) return false;
    this.#bytes += bytes - older.bytes;
    older.message = message;
    older.bytes = bytes;
    this.#conflated++;
    return true;
  }

  #forget(entry: Message<T>): void {
    this.#bytes -= entry.bytes;
    if (this.#byKey.get(entry.key) === entry) this.#byKey.delete(entry.key);
  }

  #overflowError(dropped: number): BufferOverflowError {
    const { capacity, maxBytes } = this.#limits;
    return new BufferOverflowError(`Cannot receive: ${dropped} messages came while the buffer was full (${capacity} messages, ${maxBytes} bytes)`, { capacity, dropped });
  }
}
