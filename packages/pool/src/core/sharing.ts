/**
 * Which lent slots can be lent once more at the same time, and which of them are kept back from it. Room: pool core.
 *
 * A slot that is kept back is lent to nobody more, and closed when its borrowers are done: somebody waits for its place who asks for another key.
 */
import type { PoolLimits } from "./options.js";
import type { Shelf, Slot } from "./slot.js";

export class Sharing<R> {
  readonly #limits: PoolLimits;
  readonly #keptBack = new Set<Slot<R>>();

  constructor(limits: PoolLimits) {
    this.#limits = limits;
  }

  /** A slot is kept back for somebody. */
  get isKeepingBack(): boolean {
    return this.#keptBack.size > 0;
  }

  /** Notes whether the slot can be lent once more while it is lent. @returns whether it can. */
  offer(slot: Slot<R>, nowMs: number): boolean {
    const { leasesPerConnection, maxUses } = this.#limits;
    const { shared } = slot.shelf;
    const canBeShared = slot.leases < leasesPerConnection && slot.uses < maxUses && slot.expiresAtMs > nowMs && slot.brokenBy === undefined && !slot.isReserved;
    if (!canBeShared) this.withdraw(slot);
    else if (!shared.includes(slot)) shared.push(slot);
    return canBeShared;
  }

  /** The slot is not lent to any more borrowers. */
  withdraw(slot: Slot<R>): void {
    const { shared } = slot.shelf;
    const index = shared.length === 0 ? -1 : shared.indexOf(slot);
    if (index >= 0) shared.splice(index, 1);
  }

  /** Keeps back the slot of another key that will be free first, for a waiter of this key and as many as can share its place. Those who came before it go first, now
   *  and whenever the queue is served again. */
  keepBack(shelf: Shelf<R>, slots: Iterable<Slot<R>>): void {
    let found: Slot<R> | undefined;
    for (const slot of slots) {
      if (slot.state.kind !== "lent" || slot.isReserved || slot.shelf === shelf) continue;
      if (found === undefined || slot.leases < found.leases) found = slot;
    }
    if (found === undefined) return;
    found.isReserved = true;
    this.#keptBack.add(found);
    this.withdraw(found);
    shelf.promised = this.#limits.leasesPerConnection - 1;
  }

  /** Nobody waits for the slot's place any more, or it is free. */
  free(slot: Slot<R>): void {
    if (!slot.isReserved) return;
    slot.isReserved = false;
    this.#keptBack.delete(slot);
  }

  /** No slot is kept back, until {@link keepBack}. */
  freeAll(nowMs: number): void {
    for (const slot of this.#keptBack) {
      this.free(slot);
      this.offer(slot, nowMs);
    }
  }
}
