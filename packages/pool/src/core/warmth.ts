/**
 * Those who wait for a key to be warm: for so many connections, lent or idle, rather than for one of their own. Room: pool core.
 *
 * They raise what {@link Shelf.target} says until they are content; opening is the business of `Lending`, after all borrowers.
 */
import type { Shelf } from "./slot.js";
import type { Stock } from "./stock.js";

/** How one who warms hears the end of it; exactly one of the two is called, once. */
export interface Warmer {
  done(): void;
  refuse(error: Error): void;
}

/** One wish for `count` connections of a key, by an absolute deadline. */
export interface Warming<R> {
  readonly shelf: Shelf<R>;
  readonly count: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly warmer: Warmer;
}

export class Warmth<R> {
  readonly #stock: Stock<R>;
  readonly #warmings = new Set<Warming<R>>();

  constructor(stock: Stock<R>) {
    this.#stock = stock;
  }

  get size(): number {
    return this.#warmings.size;
  }

  /** When the first of them gives up. */
  get deadlineMs(): number {
    let earliest = Infinity;
    for (const { deadlineMs } of this.#warmings) earliest = Math.min(earliest, deadlineMs);
    return earliest;
  }

  add(warming: Warming<R>): void {
    this.#warmings.add(warming);
    warming.shelf.target = Math.max(warming.shelf.target, warming.count);
  }

  /** @returns false when it had already ended. */
  remove(warming: Warming<R>): boolean {
    if (!this.#warmings.delete(warming)) return false;
    const { shelf } = warming;
    shelf.target = shelf.minimum;
    for (const other of this.#warmings) if (other.shelf === shelf) shelf.target = Math.max(shelf.target, other.count);
    this.#stock.sweepOut(shelf);
    return true;
  }

  /** Tells those who have what they wished for. */
  settle(shelf: Shelf<R>): void {
    for (const warming of this.#warmings) {
      if (warming.shelf === shelf && shelf.ready >= warming.count && this.remove(warming)) warming.warmer.done();
    }
  }

  /** Refuses those of whom `isMeant` is true. */
  refuse(isMeant: (warming: Warming<R>) => boolean, error: (warming: Warming<R>) => Error): void {
    for (const warming of this.#warmings) if (isMeant(warming) && this.remove(warming)) warming.warmer.refuse(error(warming));
  }
}
