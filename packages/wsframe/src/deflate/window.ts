/**
 * The end of everything that went one way before: what LZ77 may refer back to (RFC 7692 §7.1.1).
 *
 * Room: wsframe core. Memory grows with what is needed, to twice the window at most, so that a message costs one copy.
 */
const nothing = new Uint8Array(0);
const FIRST_BYTES = 1_024;

export class SlidingWindow {
  readonly #size: number;
  #bytes: Uint8Array = nothing;
  #end = 0;

  /** @param windowBits base-2 logarithm of its size. */
  constructor(windowBits: number) {
    this.#size = 2 ** windowBits;
  }

  /** The last bytes, at most the window's size; valid until the next {@link slide}. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(Math.max(0, this.#end - this.#size), this.#end);
  }

  /** Takes notice of a message. */
  slide(message: Uint8Array): void {
    const added = message.length > this.#size ? message.subarray(message.length - this.#size) : message;
    if (this.#end + added.length > this.#bytes.length) this.#makeRoom(added.length);
    this.#bytes.set(added, this.#end);
    this.#end += added.length;
  }

  clear(): void {
    this.#bytes = nothing;
    this.#end = 0;
  }

  #makeRoom(needed: number): void {
    const kept = this.bytes.subarray(Math.max(0, Math.min(this.#end, this.#size) + needed - 2 * this.#size));
    const bytes = kept.length + needed <= this.#bytes.length ? this.#bytes : new Uint8Array(this.#capacityFor(kept.length + needed));
    if (bytes === this.#bytes) bytes.copyWithin(0, kept.byteOffset - bytes.byteOffset, kept.byteOffset - bytes.byteOffset + kept.length);
    else bytes.set(kept);
    this.#bytes = bytes;
    this.#end = kept.length;
  }

  #capacityFor(needed: number): number {
    let capacity = FIRST_BYTES;
    while (capacity < needed) capacity *= 2;
    return Math.min(capacity, 2 * this.#size);
  }
}
