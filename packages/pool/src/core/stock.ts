/**
 * The books of the pool: every slot, by key and by state. Room: pool core.
 *
 * The only place that changes a slot's state, so that the counts always add up: creating + idle + lent + closing is
 * the number of slots, for the pool and for each key.
 */
import { Shelf, Slot, type SlotKind, type SlotState } from "./slot.js";

export type Counts = Readonly<Record<SlotKind, number>>;

export class Stock<R> {
  readonly #shelves = new Map<string, Shelf<R>>();
  readonly #slots = new Set<Slot<R>>();
  readonly #counts: Record<SlotKind, number> = { creating: 0, idle: 0, lent: 0, closing: 0 };

  get size(): number {
    return this.#slots.size;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get slots(): ReadonlySet<Slot<R>> {
    return this.#slots;
  }

  get shelves(): Iterable<Shelf<R>> {
    return this.#shelves.values();
  }

  peek(key: string): Shelf<R> | undefined {
    return this.#shelves.get(key);
  }

  shelf(key: string): Shelf<R> {
    let shelf = this.#shelves.get(key);
    if (shelf === undefined) this.#shelves.set(key, (shelf = new Shelf(key)));
    return shelf;
  }

  /** Forgets a key that has neither slots nor waiters and is not kept warm. */
  sweepOut(shelf: Shelf<R>): void {
    if (shelf.slots === 0 && shelf.waiting === 0 && shelf.target === 0) this.#shelves.delete(shelf.key);
  }

  open(shelf: Shelf<R>, deadlineMs: number): Slot<R> {
    const slot = new Slot(shelf, { kind: "creating", phase: "connecting", deadlineMs });
    this.#slots.add(slot);
    this.#counts.creating += 1;
    shelf.slots += 1;
    shelf.creating += 1;
    return slot;
  }

  /** From one state to another. An idle slot that leaves must have been taken off its shelf, by {@link takeIdle}. */
  move(slot: Slot<R>, state: SlotState<R>): void {
    const from = slot.state.kind;
    this.#counts[from] -= 1;
    this.#counts[state.kind] += 1;
    if (from === "creating") slot.shelf.creating -= 1;
    if (state.kind === "creating") slot.shelf.creating += 1;
    else if (state.kind === "idle") slot.shelf.idle.push(slot);
    else if (state.kind === "closing") slot.shelf.closing += 1;
    slot.state = state;
  }

  /** @returns false when the slot was gone already. */
  remove(slot: Slot<R>): boolean {
    if (!this.#slots.delete(slot)) return false;
    this.#counts[slot.state.kind] -= 1;
    if (slot.state.kind === "creating") slot.shelf.creating -= 1;
    else if (slot.state.kind === "closing") slot.shelf.closing -= 1;
    slot.shelf.slots -= 1;
    this.sweepOut(slot.shelf);
    return true;
  }

  has(slot: Slot<R>): boolean {
    return this.#slots.has(slot);
  }

  /** Takes an idle slot off its shelf. The caller moves it to its next state in the same turn. */
  takeIdle(slot: Slot<R>): void {
    const { idle } = slot.shelf;
    if (idle.at(-1) === slot) idle.pop();
    else idle.splice(idle.indexOf(slot), 1);
  }

  /** The slot that has been idle for the longest time, over all keys, or over those that have more than is kept of them. */
  longestIdle(isSurplus = false): { readonly slot: Slot<R>; readonly sinceMs: number } | undefined {
    let found: { slot: Slot<R>; sinceMs: number } | undefined;
    if (this.#counts.idle === 0) return undefined;
    for (const { idle, lasting, target } of this.#shelves.values()) {
      const slot = idle[0];
      if (slot?.state.kind !== "idle" || (isSurplus && lasting <= target)) continue;
      if (found === undefined || slot.state.sinceMs < found.sinceMs) found = { slot, sinceMs: slot.state.sinceMs };
    }
    return found;
  }
}
