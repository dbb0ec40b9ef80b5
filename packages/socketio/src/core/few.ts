/**
 * A map of which most hold one entry: the first stands in the object itself, which takes a quarter of a Map's memory.
 *
 * Room: socketio core. A server holds one per connection.
 */
export class Few<Key, Value extends object | string> {
  #key: Key | undefined;
  #value: Value | undefined;
  /** All but the first. */
  #more: Map<Key, Value> | undefined;

  get size(): number {
    return (this.#value === undefined ? 0 : 1) + (this.#more?.size ?? 0);
  }

  get(key: Key): Value | undefined {
    return this.#value !== undefined && this.#key === key ? this.#value : this.#more?.get(key);
  }

  set(key: Key, value: Value): void {
    if (this.#value === undefined || this.#key === key) {
      this.#key = key;
      this.#value = value;
    } else {
      (this.#more ??= new Map<Key, Value>()).set(key, value);
    }
  }

  /** A copy. */
  values(): Value[] {
    const values = this.#value === undefined ? [] : [this.#value];
    return this.#more === undefined ? values : [...values, ...this.#more.values()];
  }
}
