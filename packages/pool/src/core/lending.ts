/**
 * Who gets which resource, and when a new one is opened. Room: pool core.
 *
 * Borrowers are served strictly in the order of the queue, over all keys: a place that the first one can use is not given
 * to a later one, even if an idle resource of another key has to be closed for it. No more attempts run than there are
 * borrowers to use them, or connections to keep warm. Where resources are shared, one is kept back for whoever waits for a place of another key:
 * it is lent to nobody more, and closed when its borrowers are done.
 */
import type { PoolCounts } from "./failures.js";
import type { Holdings } from "./holdings.js";
import type { PoolLimits } from "./options.js";
import type { Shelf, Slot } from "./slot.js";
import { WaitingQueue, type Waiter } from "./waiters.js";

export class Lending<R> {
  readonly queue: WaitingQueue<R>;
  readonly #limits: PoolLimits;
  readonly #holdings: Holdings<R>;
  readonly #due: (deadlineMs: number) => void;
  #isDispatching = false;
  #isDispatchWanted = false;
  /** Scratch of one dispatch: places on their way to be free that no older waiter counts on. */
  #unclaimedPlaces = 0;

  /** @param due notes that something is to happen at this time. */
  constructor(limits: PoolLimits, holdings: Holdings<R>, due: (deadlineMs: number) => void) {
    this.#limits = limits;
    this.#holdings = holdings;
    this.#due = due;
    this.queue = new WaitingQueue<R>(limits.maxOvertakes);
  }

  /** What there is, and who waits, at this moment. */
  counts(): PoolCounts {
    const { stock, leases } = this.#holdings;
    return { ...stock.counts, total: stock.size, leases, waiting: this.queue.size };
  }

  /** Ends one lease. @returns whether it was the slot's last. */
  endLease(slot: Slot<R>, nowMs: number): boolean {
    if (this.#holdings.endLease(slot)) return true;
    if (this.#holdings.sharing.offer(slot, nowMs) || slot.isReserved) this.dispatch(nowMs);
    return false;
  }

  /** A resource is ready: its key's first waiter gets it; without one it becomes idle. */
  arrive(slot: Slot<R>, resource: R, nowMs: number): void {
    const waiter = this.queue.firstOf(slot.shelf);
    if (waiter === undefined) {
      this.keep(slot, resource, nowMs);
      return;
    }
    this.#holdings.lend(slot, resource);
    this.#hand(waiter, slot, nowMs);
  }

  /** A resource without a borrower becomes idle, and serves whoever waits first; one that has served its time is closed. */
  keep(slot: Slot<R>, resource: R, nowMs: number): void {
    const isOld = slot.expiresAtMs <= nowMs;
    if (isOld || slot.uses >= this.#limits.maxUses) {
      this.#holdings.close(slot, resource, isOld ? "age" : "uses", nowMs);
      this.dispatch(nowMs);
      return;
    }
    const { head } = this.queue;
    if (head?.shelf === slot.shelf && slot.state.kind === "lent" && this.#limits.validateAfterIdleMs > 0) {
      this.#holdings.lend(slot, resource); // the frequent case under load: from hand to hand
      this.#hand(head, slot, nowMs);
      return;
    }
    this.#holdings.shelve(slot, resource, nowMs);
    if (this.queue.head === undefined) this.#due(Math.min(nowMs + this.#limits.idleTimeoutMs, slot.expiresAtMs));
    else this.dispatch(nowMs);
  }

  /** Matches waiters, the first first, with idle resources, attempts under way and free places; starts attempts, last of all
   *  those that keep connections warm. */
  dispatch(nowMs: number): void {
    if (this.#isAllLent) return;
    this.#isDispatchWanted = true;
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    while (this.#isDispatchWanted) {
      this.#isDispatchWanted = false;
      this.#serve(nowMs);
      for (const shelf of this.#holdings.stock.shelves) this.#warm(shelf, nowMs);
    }
    this.#isDispatching = false;
  }

  /** Nobody can be served, and nothing opened: told without a look at shelves and waiters. */
  get #isAllLent(): boolean {
    const { maxConnections, leasesPerConnection } = this.#limits;
    return leasesPerConnection === 1 && this.#holdings.stock.counts.lent === maxConnections;
  }

  #serve(nowMs: number): void {
    this.#beginRound(nowMs);
    let next = this.queue.head;
    while (next !== undefined) {
      const waiter = next;
      next = waiter.next;
      const { shelf } = waiter;
      const creatingBefore = shelf.creating;
      const slot = this.#holdings.lendReady(shelf, nowMs);
      if (slot === undefined) {
        shelf.unclaimed += (shelf.creating - creatingBefore) * this.#limits.leasesPerConnection; // a check that takes time is on its way to this waiter
        if (!this.#provide(shelf, nowMs)) return;
      } else if (waiter.isQueued) this.#hand(waiter, slot, nowMs);
      else if (slot.state.kind === "lent" && this.endLease(slot, nowMs)) this.keep(slot, slot.state.resource, nowMs); // it gave up during the check
    }
  }

  /** No waiter counts on anything yet. */
  #beginRound(nowMs: number): void {
    const { stock, sharing } = this.#holdings;
    for (const shelf of stock.shelves) {
      shelf.unclaimed = shelf.creating * this.#limits.leasesPerConnection;
      shelf.freeing = shelf.closing;
      shelf.promised = 0;
    }
    this.#unclaimedPlaces = stock.counts.closing;
    sharing.freeAll(nowMs);
  }

  /** Lets the next waiter of a key count on what none before it does: an attempt under way, a place, or one that is becoming free.
   *  @returns false: there is nothing for those after it, either. */
  #provide(shelf: Shelf<R>, nowMs: number): boolean {
    const { maxConnections, maxPerKey, leasesPerConnection } = this.#limits;
    if (shelf.unclaimed > 0) shelf.unclaimed -= 1;
    else if (shelf.retryAtMs > nowMs) this.#due(shelf.retryAtMs);
    else if (shelf.slots >= maxPerKey) {
      if (shelf.freeing === 0) return true; // it waits for a borrower of its own key, and holds up nobody else
      shelf.freeing -= 1;
      this.#unclaimedPlaces -= 1;
    } else if (this.#holdings.stock.size < maxConnections) {
      this.#holdings.open(shelf, nowMs);
      shelf.unclaimed += leasesPerConnection - 1;
    } else if (this.#unclaimedPlaces > 0) this.#unclaimedPlaces -= 1;
    else return this.#makeRoom(shelf, nowMs);
    return true;
  }

  /** Takes a place from another key, or has one kept back. @returns as `#provide`. */
  #makeRoom(shelf: Shelf<R>, nowMs: number): boolean {
    const { stock, sharing } = this.#holdings;
    const longest = stock.longestIdle();
    if (longest !== undefined) this.#holdings.closeIdle(longest.slot, "room", nowMs);
    else if (this.#limits.leasesPerConnection === 1) return false; // everything is lent, or on its way to an earlier waiter
    else if (shelf.promised > 0) shelf.promised -= 1;
    else if (shelf.slots < stock.size) sharing.keepBack(shelf, stock.slots); // a later waiter may share what else is lent
    return true;
  }

  #hand(waiter: Waiter<R>, slot: Slot<R>, nowMs: number): void {
    this.queue.remove(waiter);
    this.#holdings.ledger.lentAfter(nowMs - waiter.sinceMs);
    waiter.borrower.lend(slot);
  }

  /** Opens what is to be kept of a key, as far as borrowers leave places for it. */
  #warm(shelf: Shelf<R>, nowMs: number): void {
    const { maxConnections, maxPerKey } = this.#limits;
    while (shelf.lasting < shelf.target && shelf.slots < maxPerKey && this.#holdings.stock.size < maxConnections) {
      if (shelf.retryAtMs > nowMs) {
        this.#due(shelf.retryAtMs);
        return;
      }
      this.#holdings.open(shelf, nowMs);
    }
  }
}
