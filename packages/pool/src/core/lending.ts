/**
 * Who gets which resource, and when a new one is opened. Room: pool core.
 *
 * Borrowers are served strictly in the order of the queue, over all keys: a place that the first one can use is not given
 * to a later one, even if an idle resource of another key has to be closed for it. No more attempts run than there are
 * borrowers to use them, or connections to keep warm. Where resources are shared, one is kept back for whoever waits for a place of another key:
 * it is lent to nobody more, and closed when its borrowers are done. State is settled before the sink is called, so that it may call back.
 */
import type { PoolCounts } from "./failures.js";
import { Ledger, type Eviction } from "./ledger.js";
import type { PoolLimits } from "./options.js";
import type { Picker } from "./picking.js";
import { Sharing } from "./sharing.js";
import type { PoolSink } from "./sink.js";
import type { Shelf, Slot } from "./slot.js";
import { Stock } from "./stock.js";
import { WaitingQueue, type Waiter } from "./waiters.js";

export class Lending<R> {
  readonly stock: Stock<R> = new Stock<R>();
  readonly ledger: Ledger = new Ledger();
  readonly queue: WaitingQueue<R>;
  readonly sharing: Sharing<R>;
  /** Leases out now; more than `lent` counts where connections are shared. */
  leases = 0;
  readonly #limits: PoolLimits;
  readonly #sink: PoolSink<R>;
  readonly #pick: Picker | undefined;
  readonly #due: (deadlineMs: number) => void;
  #turn = 0;
  #isDispatching = false;
  #isDispatchWanted = false;

  /** @param due notes that something is to happen at this time. */
  constructor(limits: PoolLimits, pick: Picker | undefined, sink: PoolSink<R>, due: (deadlineMs: number) => void) {
    this.#limits = limits;
    this.#pick = pick;
    this.#sink = sink;
    this.#due = due;
    this.sharing = new Sharing<R>(limits);
    this.queue = new WaitingQueue<R>(limits.maxOvertakes);
  }

  /** What there is, and who waits, at this moment. */
  counts(): PoolCounts {
    return { ...this.stock.counts, total: this.stock.size, leases: this.leases, waiting: this.queue.size };
  }

  /** A slot of this shelf that is idle or can be shared, lent; those that fail an immediate check are closed on the way. */
  lendReady(shelf: Shelf<R>, nowMs: number): Slot<R> | undefined {
    for (;;) {
      const slot = this.#choose(shelf, nowMs);
      if (slot === undefined) return undefined;
      if (slot.state.kind === "lent") {
        if (slot.expiresAtMs > nowMs) {
          this.#lend(slot, slot.state.resource);
          return slot;
        }
        this.sharing.withdraw(slot);
        continue;
      }
      if (slot.state.kind !== "idle") return undefined;
      const { resource, sinceMs } = slot.state;
      const idleMs = nowMs - sinceMs;
      this.stock.takeIdle(slot);
      if (slot.expiresAtMs <= nowMs) {
        this.close(slot, resource, "age", nowMs);
        continue;
      }
      if (idleMs < this.#limits.validateAfterIdleMs) {
        this.#lend(slot, resource);
        return slot;
      }
      const isFit = this.#check(slot, resource, idleMs, nowMs);
      if (isFit === undefined) return undefined;
      if (isFit) return slot;
    }
  }

  /** Ends one lease. @returns whether it was the slot's last. */
  endLease(slot: Slot<R>, nowMs: number): boolean {
    slot.leases -= 1;
    this.leases -= 1;
    if (slot.leases === 0) {
      this.sharing.withdraw(slot);
      return true;
    }
    if (this.sharing.offer(slot, nowMs) || slot.isReserved) this.dispatch(nowMs);
    return false;
  }

  /** A resource is ready: its key's first waiter gets it; without one it becomes idle. */
  arrive(slot: Slot<R>, resource: R, nowMs: number): void {
    const waiter = this.queue.firstOf(slot.shelf);
    if (waiter === undefined) {
      this.keep(slot, resource, nowMs);
      return;
    }
    this.#lend(slot, resource);
    this.#hand(waiter, slot, nowMs);
  }

  /** A resource without a borrower becomes idle, and serves whoever waits first; one that has served its time is closed. */
  keep(slot: Slot<R>, resource: R, nowMs: number): void {
    const isOld = slot.expiresAtMs <= nowMs;
    if (isOld || slot.uses >= this.#limits.maxUses) {
      this.close(slot, resource, isOld ? "age" : "uses", nowMs);
      this.dispatch(nowMs);
      return;
    }
    const { head } = this.queue;
    if (head?.shelf === slot.shelf && slot.state.kind === "lent" && this.#limits.validateAfterIdleMs > 0) {
      this.#lend(slot, resource); // the frequent case under load: from hand to hand
      this.#hand(head, slot, nowMs);
      return;
    }
    this.sharing.free(slot);
    this.stock.move(slot, { kind: "idle", resource, sinceMs: nowMs });
    if (this.queue.head === undefined) this.#due(Math.min(nowMs + this.#limits.idleTimeoutMs, slot.expiresAtMs));
    else this.dispatch(nowMs);
  }

  /** Closes a resource that is not idle, or was just taken off its shelf. */
  close(slot: Slot<R>, resource: R, cause: Eviction, nowMs: number): void {
    const deadlineMs = nowMs + this.#limits.closeTimeoutMs;
    this.ledger.evicted[cause]++;
    this.sharing.withdraw(slot);
    this.sharing.free(slot);
    this.leases -= slot.leases;
    slot.leases = 0;
    this.stock.move(slot, { kind: "closing", deadlineMs });
    this.#due(deadlineMs);
    this.#sink.close(slot, resource);
  }

  /** Closes an idle resource. */
  closeIdle(slot: Slot<R>, cause: Eviction, nowMs: number): void {
    if (slot.state.kind !== "idle") return;
    this.stock.takeIdle(slot);
    this.close(slot, slot.state.resource, cause, nowMs);
  }

  /** An attempt or check that is not wanted any more: it is told so and keeps its place until it has ended. */
  abandon(slot: Slot<R>, reason: unknown, cause: Eviction, nowMs: number): void {
    const { state } = slot;
    if (state.kind !== "creating") return;
    if (state.phase === "checking") this.close(slot, state.resource, cause, nowMs);
    else {
      const deadlineMs = nowMs + this.#limits.closeTimeoutMs;
      this.stock.move(slot, { kind: "closing", deadlineMs });
      this.#due(deadlineMs);
    }
    this.#sink.abandon(slot, reason);
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
      for (const shelf of this.stock.shelves) this.#warm(shelf, nowMs);
    }
    this.#isDispatching = false;
  }

  /** Nobody can be served, and nothing opened: told without a look at shelves and waiters. */
  get #isAllLent(): boolean {
    const { maxConnections, leasesPerConnection } = this.#limits;
    return leasesPerConnection === 1 && this.stock.counts.lent === maxConnections;
  }

  #serve(nowMs: number): void {
    const { leasesPerConnection } = this.#limits;
    for (const shelf of this.stock.shelves) {
      shelf.unclaimed = shelf.creating * leasesPerConnection;
      shelf.freeing = shelf.closing;
      shelf.promised = 0;
    }
    let unclaimedPlaces = this.stock.counts.closing;
    this.sharing.freeAll(nowMs);
    let next = this.queue.head;
    while (next !== undefined) {
      const waiter = next;
      next = waiter.next;
      const { shelf } = waiter;
      const creatingBefore = shelf.creating;
      const slot = this.lendReady(shelf, nowMs);
      if (slot !== undefined) {
        if (waiter.isQueued) this.#hand(waiter, slot, nowMs);
        else if (slot.state.kind === "lent" && this.endLease(slot, nowMs)) this.keep(slot, slot.state.resource, nowMs); // it gave up during the check
        continue;
      }
      shelf.unclaimed += (shelf.creating - creatingBefore) * leasesPerConnection; // a check that takes time is on its way to this waiter
      if (shelf.unclaimed > 0) shelf.unclaimed -= 1;
      else if (shelf.retryAtMs > nowMs) this.#due(shelf.retryAtMs);
      else if (shelf.slots >= this.#limits.maxPerKey) {
        if (shelf.freeing === 0) continue; // it waits for a borrower of its own key, and holds up nobody else
        shelf.freeing -= 1;
        unclaimedPlaces -= 1;
      }
      else if (this.stock.size < this.#limits.maxConnections) {
        this.#open(shelf, nowMs);
        shelf.unclaimed += leasesPerConnection - 1;
      }
      else if (unclaimedPlaces > 0) unclaimedPlaces -= 1;
      else {
        const longest = this.stock.longestIdle();
        if (longest !== undefined) this.closeIdle(longest.slot, "room", nowMs);
        else if (leasesPerConnection === 1) return; // everything is lent, or on its way to an earlier waiter
        else if (shelf.promised > 0) shelf.promised -= 1;
        else if (shelf.slots < this.stock.size) this.sharing.keepBack(shelf, this.stock.slots); // a later waiter may share what else is lent
      }
    }
  }

  #hand(waiter: Waiter<R>, slot: Slot<R>, nowMs: number): void {
    this.queue.remove(waiter);
    this.ledger.lentAfter(nowMs - waiter.sinceMs);
    waiter.borrower.lend(slot);
  }

  /** Checks a slot just taken off its shelf. @returns true: it is lent now; false: it is not; `undefined`: later. */
  #check(slot: Slot<R>, resource: R, idleMs: number, nowMs: number): boolean | undefined {
    const deadlineMs = nowMs + this.#limits.connectTimeoutMs;
    this.stock.move(slot, { kind: "creating", phase: "checking", resource, deadlineMs });
    const isFit = this.#sink.check(slot, resource, idleMs);
    if (isFit === undefined) {
      this.#due(deadlineMs);
      return undefined;
    }
    if (slot.state.kind !== "creating") return false; // the check is the user's code: it closed the pool
    if (!isFit || slot.brokenBy !== undefined) {
      this.close(slot, resource, slot.brokenBy ?? "invalid", nowMs);
      return false;
    }
    this.#lend(slot, resource);
    return true;
  }

  #lend(slot: Slot<R>, resource: R): void {
    slot.uses += 1;
    slot.leases += 1;
    slot.turn = this.#turn += 1;
    this.leases += 1;
    if (slot.state.kind !== "lent") this.stock.move(slot, { kind: "lent", resource });
    if (this.#limits.leasesPerConnection > 1) this.sharing.offer(slot, -Infinity);
  }

  /** One that is idle or can be shared, by the pool's policy. */
  #choose({ idle, shared }: Shelf<R>, nowMs: number): Slot<R> | undefined {
    if (this.#pick === undefined) return idle.at(-1) ?? shared.at(-1);
    const candidates = shared.length === 0 ? idle : [...idle, ...shared];
    return candidates.length < 2 ? candidates[0] : candidates[this.#pick(candidates, nowMs)] ?? candidates[0];
  }

  /** Opens what is to be kept of a key, as far as borrowers leave places for it. */
  #warm(shelf: Shelf<R>, nowMs: number): void {
    const { maxConnections, maxPerKey } = this.#limits;
    while (shelf.lasting < shelf.target && shelf.slots < maxPerKey && this.stock.size < maxConnections) {
      if (shelf.retryAtMs > nowMs) {
        this.#due(shelf.retryAtMs);
        return;
      }
      this.#open(shelf, nowMs);
    }
  }

  #open(shelf: Shelf<R>, nowMs: number): void {
    const deadlineMs = nowMs + this.#limits.connectTimeoutMs;
    const slot = this.stock.open(shelf, deadlineMs);
    this.#due(deadlineMs);
    this.#sink.connect(slot);
  }
}
