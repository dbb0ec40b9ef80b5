/**
 * How far a channel has come: the position to go on from, and whether a message has come before. Room: pool core.
 *
 * Numbers grow within their channel, so that one that does not exceed the last came before. Strings have no order: the last
 * so many are remembered.
 */
import type { MessageId } from "../resilient/events.js";
import { IdWindow } from "../resilient/id-window.js";

export class Trail {
  readonly #window: number;
  /** Where to go on; `undefined` before the first message. */
  last: MessageId | undefined;
  #seen: IdWindow | undefined;

  /** @param window strings that are remembered. */
  constructor(window: number) {
    this.#window = window;
  }

  /** @returns whether the position is new. */
  admit(position: MessageId): boolean {
    const isNew = typeof position === "number" ? !(typeof this.last === "number" && position <= this.last) : this.#admitText(position);
    if (isNew) this.last = position;
    return isNew;
  }

  #admitText(position: string): boolean {
    this.#seen ??= new IdWindow(this.#window);
    return this.#seen.admit(position);
  }
}

/** The trails of all names that a pattern has met; the one that was quiet for longest is forgotten first. */
export class Trails {
  readonly #window: number;
  readonly #capacity: number;
  readonly #byName = new Map<string, Trail>();
  /** Of the last message, whatever its name. */
  last: MessageId | undefined;

  constructor(window: number, capacity: number) {
    this.#window = window;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** @returns whether the position is new for this name. */
  admit(name: string, position: MessageId): boolean {
    const trail = this.#byName.get(name) ?? new Trail(this.#window);
    this.#byName.delete(name);
    this.#byName.set(name, trail);
    if (this.#byName.size > this.#capacity) this.#forgetOldest();
    if (!trail.admit(position)) return false;
    this.last = position;
    return true;
  }

  positions(): ReadonlyMap<string, MessageId> {
    const positions = new Map<string, MessageId>();
    for (const [name, { last }] of this.#byName) if (last !== undefined) positions.set(name, last);
    return positions;
  }

  #forgetOldest(): void {
    for (const name of this.#byName.keys()) {
      this.#byName.delete(name);
      return;
    }
  }
}
