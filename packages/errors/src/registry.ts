/**
 * A Map for what comes and goes: connections, sessions, deadlines.
 *
 * Room: errors. V8 replaces a Map's or Set's table when it has grown, shrunk or collected deletions, and the old table points to the new
 * one. A table that has grown old keeps all its successors from being collected young, and with them whatever they held when they
 * were replaced: a server copied a third of what each short connection had allocated, twice. So the Map is renewed before that adds up.
 */

/** Fewer additions than this are not worth a new Map. */
const MIN_ADDED = 64;

/** {@link Map}'s methods, with its meaning. Iteration is {@link forEach} or {@link entries}; {@link values} is a copy. */
export class Registry<Key, Value> {
  #entries = new Map<Key, Value>();
  /** Since the Map is in use. */
  #added = 0;
  /** Iterations under way, which go on in the Map where they began. */
  #visits = 0;

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): this {
    this.#entries.set(key, value);
    if (++this.#added > MIN_ADDED && this.#added > this.#entries.size * 2 && this.#visits === 0) this.#renew();
    return this;
  }

  /** @returns whether it was there. */
  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /** Visits those that are added meanwhile, too, and not those that are deleted before their turn. */
  forEach(visit: (value: Value, key: Key) => void): void {
    this.#visits++;
    try {
      this.#entries.forEach(visit);
    } finally {
      this.#visits--;
    }
  }

  /** As {@link forEach}. One that is begun and never finished, nor returned from, ends the renewals. */
  *entries(): Generator<[Key, Value], undefined> {
    this.#visits++;
    try {
      yield* this.#entries;
    } finally {
      this.#visits--;
    }
  }

  /** Those of now, in the order in which they came. */
  values(): Value[] {
    return Array.from(this.#entries.values());
  }

  /** Copies no more entries than were added: an addition costs the same however many there are. */
  #renew(): void {
    this.#entries = new Map(this.#entries);
    this.#added = 0;
  }
}
