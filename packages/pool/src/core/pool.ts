/**
 * The pool as a machine: intents of borrowers and reports of connections in, calls of a {@link PoolSink} out.
 *
 * Room: pool core. Knows no promise, timer or socket; time is an argument (milliseconds of one monotonic clock). Work
 * per call is bounded by `maxConnections` plus the waiters whose key is backing off or at its own limit, a tick's by all slots and waiters.
 */
import type { Swept } from "@x/errors/clock";
import { connectFailed, exhausted, poolClosed, queueFull, type PoolCounts } from "./failures.js";
import { Holdings } from "./holdings.js";
import type { Eviction } from "./ledger.js";
import { Lending } from "./lending.js";
import { Lobby } from "./lobby.js";
import type { PoolLimits } from "./options.js";
import type { Picker } from "./picking.js";
import { poolStats, type PoolStats } from "./pool-stats.js";
import { Shutdown } from "./shutdown.js";
import type { PoolSink } from "./sink.js";
import type { Shelf, Slot } from "./slot.js";
import { Upkeep } from "./upkeep.js";
import { Waiter, type Borrower } from "./waiters.js";
import { Warmth, type Warmer, type Warming } from "./warmth.js";

/** Policies that are functions. */
export interface PoolPolicy {
  /** May an attempt that failed like this succeed later? If not, every waiter of the key is refused at once. */
  isRetryable(error: unknown): boolean;
  /** Milliseconds before the next attempt for a key, after so many failures in a row. */
  backoffMs(failures: number): number;
  /** How old a new resource may become. */
  ageMs(): number;
  /** Which of several is lent. `undefined`: the last used. */
  readonly pick?: Picker | undefined;
}

export class PoolCore<R> implements Swept {
  readonly #limits: PoolLimits;
  readonly #policy: PoolPolicy;
  readonly #sink: PoolSink<R>;
  readonly #holdings: Holdings<R>;
  readonly #lending: Lending<R>;
  readonly #warmth: Warmth<R>;
  readonly #lobby: Lobby<R>;
  readonly #upkeep: Upkeep<R>;
  readonly #shutdown: Shutdown<R>;

  constructor(limits: PoolLimits, policy: PoolPolicy, sink: PoolSink<R>) {
    this.#limits = limits;
    this.#policy = policy;
    this.#sink = sink;
    const due = (deadlineMs: number): void => this.#upkeep.due(deadlineMs);
    this.#holdings = new Holdings<R>(limits, policy.pick, sink, due);
    this.#lending = new Lending<R>(limits, this.#holdings, due);
    const { stock, ledger } = this.#holdings;
    this.#warmth = new Warmth(stock);
    this.#lobby = new Lobby<R>(this.#lending.queue, this.#warmth, stock, ledger);
    this.#upkeep = new Upkeep<R>(limits, this.#holdings, this.#lobby, {
      wake: () => sink.wake(),
      failed: (shelf, error, nowMs) => this.#noteFailure(shelf, error, nowMs),
      writtenOff: (slot) => sink.writtenOff(slot),
    });
    this.#shutdown = new Shutdown<R>(this.#holdings, this.#lending, this.#lobby, () => sink.emptied());
  }

  /** When {@link tick} has work to do, at the latest. `Infinity`: nothing is due. */
  get deadlineMs(): number {
    return this.#upkeep.deadlineMs;
  }

  /** Does anybody wait for a resource, or for the pool to have closed? */
  get isAwaited(): boolean {
    return this.#lobby.size > 0 || this.#shutdown.isUnderWay;
  }

  counts(): PoolCounts {
    return this.#lending.counts();
  }

  stats(nowMs: number): PoolStats {
    const { stock, ledger, leases } = this.#holdings;
    return poolStats(stock, ledger, leases, nowMs);
  }

  /** @returns a lent slot at once, or `undefined`: then {@link wait}.
   *  @throws {PoolError} `pool/closed`. */
  take(key: string, nowMs: number): Slot<R> | undefined {
    if (!this.#shutdown.isOpen) throw poolClosed(this.counts());
    const shelf = this.#holdings.stock.peek(key);
    const slot = shelf === undefined ? undefined : this.#holdings.lendReady(shelf, nowMs);
    if (slot !== undefined) this.#holdings.ledger.lentAtOnce();
    return slot;
  }

  /** Queues a borrower whose wait ends by `nowMs + timeoutMs`, connecting and checking included.
   *  @throws {PoolError} `pool/closed`; `pool/too-many-waiting` when `maxWaiting` others wait for what is lent. */
  wait(key: string, timeoutMs: number, priority: number, borrower: Borrower<R>, nowMs: number): Waiter<R> {
    this.#mayWait();
    const waiter = new Waiter(this.#holdings.stock.shelf(key), borrower, timeoutMs, priority, nowMs);
    this.#lending.queue.push(waiter);
    this.#upkeep.due(waiter.deadlineMs);
    this.#lending.dispatch(nowMs);
    return waiter;
  }

  /** The borrower gave up. An attempt under way goes on: its connection serves the next one or becomes idle. */
  cancel(waiter: Waiter<R>, nowMs: number): void {
    if (!this.#lobby.cancel(waiter)) return;
    if (this.#holdings.sharing.isKeepingBack || this.#shutdown.isUnderWay) this.#settle(nowMs); // what is kept for it is not needed any more
  }

  /** From now on so many resources of the key are kept, and opened anew when they end. */
  keepWarm(key: string, minimum: number, nowMs: number): void {
    const shelf = this.#holdings.stock.shelf(key);
    shelf.minimum = minimum;
    shelf.target = Math.max(shelf.target, minimum);
    this.#lending.dispatch(nowMs);
  }

  /** Opens resources until the key has `count` that are lent or idle; reports to `warmer`, at once if it has them.
   *  @throws {PoolError} as {@link wait}. */
  warm(key: string, count: number, timeoutMs: number, warmer: Warmer, nowMs: number): Warming<R> {
    this.#mayWait();
    const warming = { shelf: this.#holdings.stock.shelf(key), count, timeoutMs, deadlineMs: nowMs + timeoutMs, warmer };
    this.#warmth.add(warming);
    this.#warmth.settle(warming.shelf);
    this.#upkeep.due(warming.deadlineMs);
    this.#lending.dispatch(nowMs);
    return warming;
  }

  /** Attempts under way go on. */
  cancelWarming(warming: Warming<R>): void {
    this.#warmth.remove(warming);
  }

  /** The borrower is done with the slot. A broken one, or one of a closed pool, is closed instead of kept. */
  release(slot: Slot<R>, nowMs: number): void {
    if (slot.state.kind !== "lent") return;
    if (!this.#shutdown.isServing) slot.brokenBy ??= "closed";
    if (slot.brokenBy !== undefined) this.#endLease(slot, slot.brokenBy, nowMs);
    else if (this.#lending.endLease(slot, nowMs)) {
      this.#lending.keep(slot, slot.state.resource, nowMs);
      if (!this.#shutdown.isOpen) this.#settle(nowMs);
    }
  }

  /** The borrower says that the resource must not be used again; it is closed when the last who shares it is done. */
  destroy(slot: Slot<R>, nowMs: number): void {
    if (slot.state.kind !== "lent") return;
    slot.brokenBy ??= "destroyed";
    this.#endLease(slot, slot.brokenBy, nowMs);
  }

  /** An attempt succeeded, perhaps after everybody stopped waiting for it. */
  connected(slot: Slot<R>, resource: R, nowMs: number): void {
    if (slot.state.kind !== "creating") {
      this.#holdings.ledger.created++;
      this.#holdings.ledger.evicted.late++;
      this.#sink.close(slot, resource); // an abandoned attempt came through after all
      return;
    }
    const { shelf } = slot;
    this.#holdings.ledger.created++;
    shelf.noteSuccess();
    slot.openedMs = nowMs;
    slot.expiresAtMs = nowMs + this.#policy.ageMs();
    if (slot.brokenBy !== undefined) this.#holdings.close(slot, resource, slot.brokenBy, nowMs);
    else this.#lending.arrive(slot, resource, nowMs);
    this.#warmth.settle(shelf);
    this.#settle(nowMs); // the key does not back off any more
  }

  /** An attempt failed, or an abandoned one ended. */
  failed(slot: Slot<R>, error: unknown, nowMs: number): void {
    const wasWanted = slot.state.kind === "creating";
    if (!this.#holdings.stock.remove(slot)) return;
    if (wasWanted) this.#noteFailure(slot.shelf, error, nowMs);
    this.#settle(nowMs);
  }

  /** The answer of a check that took time. */
  checked(slot: Slot<R>, isFit: boolean, nowMs: number): void {
    if (slot.state.kind !== "creating" || slot.state.phase !== "checking") return;
    if (isFit && slot.brokenBy === undefined) {
      this.#lending.arrive(slot, slot.state.resource, nowMs);
      this.#warmth.settle(slot.shelf);
    } else this.#holdings.close(slot, slot.state.resource, slot.brokenBy ?? "invalid", nowMs);
    this.#settle(nowMs);
  }

  /** The resource ended by itself. It is never lent again. */
  ended(slot: Slot<R>, nowMs: number): void {
    slot.brokenBy ??= "ended";
    this.#holdings.sharing.withdraw(slot);
    this.#holdings.closeIdle(slot, "ended", nowMs);
    this.#settle(nowMs); // what is kept warm is replaced
  }

  /** The resource is closed: its place is free. */
  gone(slot: Slot<R>, nowMs: number): void {
    if (slot.state.kind === "closing" && this.#holdings.stock.remove(slot)) this.#settle(nowMs);
  }

  /** Nobody new is served, and nothing is kept; when who waits has been served and all has come back, or at `closeAtMs`, the pool closes. */
  drain(nowMs: number, closeAtMs: number): void {
    this.#shutdown.drain(closeAtMs);
    this.#upkeep.due(this.#shutdown.deadlineMs);
    this.#settle(nowMs);
  }

  /** Ends the pool: waiters are refused at once, idle resources close now, lent ones when they come back or at `forceAtMs`. */
  close(nowMs: number, forceAtMs: number): void {
    this.#shutdown.close(nowMs, forceAtMs);
    this.#upkeep.due(this.#shutdown.deadlineMs);
  }

  /** Does everything that is due, and sets {@link deadlineMs} anew. */
  tick(nowMs: number): void {
    this.#lobby.expire(nowMs, ({ timeoutMs, shelf }) => exhausted(this.#limits.maxConnections, timeoutMs, this.counts(), shelf.lastFailure));
    this.#upkeep.tick(nowMs);
    this.#shutdown.tick(nowMs);
    this.#settle(nowMs);
    this.#upkeep.plan(nowMs, this.#shutdown.deadlineMs);
  }

  /** @throws {PoolError} unless one more may wait. */
  #mayWait(): void {
    if (!this.#shutdown.isOpen) throw poolClosed(this.counts());
    const { maxWaiting, maxConnections, leasesPerConnection } = this.#limits;
    // Whoever can have a place that is not lent waits for a connection, not for another borrower.
    const limit = maxWaiting + maxConnections * leasesPerConnection - this.#holdings.leases;
    if (this.#lobby.size >= limit) throw queueFull(maxWaiting, this.counts());
  }

  #noteFailure(shelf: Shelf<R>, error: unknown, nowMs: number): void {
    this.#holdings.ledger.failedConnects++;
    shelf.lastFailure = error;
    const isRetryable = this.#policy.isRetryable(error);
    if (!isRetryable) this.#lobby.refuse(connectFailed(error), shelf);
    if ((isRetryable || shelf.minimum > 0) && shelf.retryAtMs <= nowMs) {
      // Attempts that fail together count as one failure.
      shelf.failures += 1;
      shelf.retryAtMs = nowMs + Math.max(1, this.#policy.backoffMs(shelf.failures)); // never in the same turn
    }
  }

  /** Ends a lease of a resource that is not kept. */
  #endLease(slot: Slot<R>, cause: Eviction, nowMs: number): void {
    this.#holdings.sharing.withdraw(slot);
    if (slot.state.kind !== "lent" || !this.#lending.endLease(slot, nowMs)) return;
    this.#holdings.close(slot, slot.state.resource, cause, nowMs);
    this.#settle(nowMs); // what is kept warm is replaced
  }

  /** Places may have become free: serve the queue, or go on with the end. */
  #settle(nowMs: number): void {
    if (this.#shutdown.isServing) this.#lending.dispatch(nowMs);
    this.#shutdown.proceed(nowMs);
  }
}
