/**
 * The last messages of a channel, by position: what late and slow readers are served from.
 *
 * Room: server. A ring: holds at most its capacity, whatever is written.
 */
export interface Entry {
  readonly position: number;
  /** As it is sent. */
  readonly text: string;
  /** It makes everything before it unnecessary. */
  readonly isSnapshot: boolean;
  /** Nothing follows. */
  readonly isLast: boolean;
}

export class Tape {
  readonly #entries: (Entry | undefined)[];
  /** Entries are numbered from 0 as they are written; {@link start} is the oldest that is left, {@link end} the next. */
  #end = 0;

  constructor(capacity: number) {
    this.#entries = new Array<Entry | undefined>(capacity);
  }

  get start(): number {
    return Math.max(0, this.#end - this.#entries.length);
  }

  get end(): number {
    return this.#end;
  }

  write(entry: Entry): void {
    this.#entries[this.#end % this.#entries.length] = entry;
    this.#end++;
  }

  /** @returns `undefined` for one that is gone or is not there yet. */
  at(index: number): Entry | undefined {
    return index >= this.start && index < this.#end ? this.#entries[index % this.#entries.length] : undefined;
  }

  /** @returns the index of the first entry after `position`; `undefined` if entries before it are gone, or the position is yet to come. */
  indexAfter(position: number): number | undefined {
    const [first, last] = [this.at(this.start), this.at(this.#end - 1)];
    if (first === undefined || last === undefined || position < first.position - 1 || position > last.position) return undefined;
    let [low, high] = [this.start, this.#end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at(middle)?.position ?? Infinity) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
