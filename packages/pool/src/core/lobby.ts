/**
 * Who waits: borrowers for a resource, others for a key to be warm. Room: pool core.
 *
 * A wait that ends without what was wished for (given up, its deadline, a key without hope, the end of the pool) ends here, once, and is counted.
 */
import type { Ledger } from "./ledger.js";
import type { Shelf } from "./slot.js";
import type { Stock } from "./stock.js";
import type { Waiter, WaitingQueue } from "./waiters.js";
import type { Warmth } from "./warmth.js";

export class Lobby<R> {
  readonly #queue: WaitingQueue<R>;
  readonly #warmth: Warmth<R>;
  readonly #stock: Stock<R>;
  readonly #ledger: Ledger;

  constructor(queue: WaitingQueue<R>, warmth: Warmth<R>, stock: Stock<R>, ledger: Ledger) {
    this.#queue = queue;
    this.#warmth = warmth;
    this.#stock = stock;
    this.#ledger = ledger;
  }

  get size(): number {
    return this.#queue.size + this.#warmth.size;
  }

  /** When the first of them gives up. */
  get deadlineMs(): number {
    let earliest = this.#warmth.deadlineMs;
    for (let waiter = this.#queue.head; waiter !== undefined; waiter = waiter.next) earliest = Math.min(earliest, waiter.deadlineMs);
    return earliest;
  }

  /** The borrower gave up. @returns false when its wait had ended. */
  cancel(waiter: Waiter<R>): boolean {
    if (!this.#queue.remove(waiter)) return false;
    this.#ledger.cancelled++;
    this.#stock.sweepOut(waiter.shelf);
    return true;
  }

  /** Refuses all, or those of one key. */
  refuse(error: Error, shelf?: Shelf<R>): void {
    for (const waiter of this.#queue.toArray()) if (shelf === undefined || waiter.shelf === shelf) this.#refuse(waiter, error);
    this.refuseWarmers(error, shelf);
  }

  /** Refuses those who wait for warmth: all, or those of one key. */
  refuseWarmers(error: Error, shelf?: Shelf<R>): void {
    this.#warmth.refuse((warming) => shelf === undefined || warming.shelf === shelf, () => error);
  }

  /** Refuses those whose deadline has come. @param exhausted makes their error, when they do not count any more. */
  expire(nowMs: number, exhausted: (wait: { readonly timeoutMs: number; readonly shelf: Shelf<R> }) => Error): void {
    for (const waiter of this.#queue.toArray()) {
      if (waiter.deadlineMs > nowMs || !this.#queue.remove(waiter)) continue;
      this.#ledger.timedOut++;
      this.#stock.sweepOut(waiter.shelf);
      waiter.borrower.refuse(exhausted(waiter));
    }
    this.#warmth.refuse(({ deadlineMs }) => deadlineMs <= nowMs, exhausted);
  }

  #refuse(waiter: Waiter<R>, error: Error): void {
    if (!this.#queue.remove(waiter)) return;
    this.#ledger.refused++;
    this.#stock.sweepOut(waiter.shelf);
    waiter.borrower.refuse(error);
  }
}
