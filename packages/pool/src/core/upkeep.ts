/**
 * What time does to a pool: attempts and closings that take too long, idle resources that nobody needs, old ones; and when something is due next. Room: pool core.
 */
import { attemptTimedOut } from "./failures.js";
import type { Holdings } from "./holdings.js";
import type { Lobby } from "./lobby.js";
import type { PoolLimits } from "./options.js";
import type { Shelf, Slot } from "./slot.js";
import type { Stock } from "./stock.js";

export interface UpkeepHost<R> {
  /** {@link Upkeep.deadlineMs} moved earlier. */
  wake(): void;
  /** An attempt or a check took too long, and was abandoned. */
  failed(shelf: Shelf<R>, error: Error, nowMs: number): void;
  /** A closing took too long, and is not waited for any longer. */
  writtenOff(slot: Slot<R>): void;
}

export class Upkeep<R> {
  /** When there is something to do, at the latest. `Infinity`: nothing is due. */
  deadlineMs: number = Number.POSITIVE_INFINITY;
  readonly #limits: PoolLimits;
  readonly #holdings: Holdings<R>;
  readonly #stock: Stock<R>;
  readonly #lobby: Lobby<R>;
  readonly #host: UpkeepHost<R>;

  constructor(limits: PoolLimits, holdings: Holdings<R>, lobby: Lobby<R>, host: UpkeepHost<R>) {
    this.#limits = limits;
    this.#holdings = holdings;
    this.#stock = holdings.stock;
    this.#lobby = lobby;
    this.#host = host;
  }

  /** Notes that something is to happen at this time. */
  due(deadlineMs: number): void {
    if (deadlineMs >= this.deadlineMs) return;
    this.deadlineMs = deadlineMs;
    this.#host.wake();
  }

  /** Does to slots what is due; {@link plan} follows when all else has been done. */
  tick(nowMs: number): void {
    for (const slot of [...this.#stock.slots]) this.#expire(slot, nowMs);
    this.#evict(nowMs);
  }

  /** Sets {@link deadlineMs} anew. @param phaseMs when the pool itself has something to do. */
  plan(nowMs: number, phaseMs: number): void {
    let earliest = Math.min(phaseMs, this.#lobby.deadlineMs, (this.#surplusIdle()?.sinceMs ?? Infinity) + this.#limits.idleTimeoutMs);
    for (const { state, expiresAtMs } of this.#stock.slots) {
      if (state.kind === "creating" || state.kind === "closing") earliest = Math.min(earliest, state.deadlineMs);
      else if (state.kind === "idle") earliest = Math.min(earliest, expiresAtMs);
    }
    for (const { retryAtMs, waiting, lasting, target } of this.#stock.shelves) {
      if (retryAtMs > nowMs && (waiting > 0 || lasting < target)) earliest = Math.min(earliest, retryAtMs);
    }
    this.deadlineMs = earliest;
  }

  /** Applies the deadline of one slot. */
  #expire(slot: Slot<R>, nowMs: number): void {
    const { state } = slot;
    if (state.kind === "creating" && state.deadlineMs <= nowMs) {
      const error = attemptTimedOut(state.phase, this.#limits.connectTimeoutMs);
      this.#holdings.abandon(slot, error, "invalid", nowMs);
      this.#host.failed(slot.shelf, error, nowMs);
    } else if (state.kind === "closing" && state.deadlineMs <= nowMs) {
      this.#stock.remove(slot);
      this.#holdings.ledger.writtenOff++;
      this.#host.writtenOff(slot);
    } else if (state.kind === "idle" && slot.expiresAtMs <= nowMs) {
      this.#holdings.closeIdle(slot, "age", nowMs);
    }
  }

  #evict(nowMs: number): void {
    for (let idle = this.#surplusIdle(); idle !== undefined && idle.sinceMs + this.#limits.idleTimeoutMs <= nowMs; idle = this.#surplusIdle()) {
      this.#holdings.closeIdle(idle.slot, "idle", nowMs);
    }
  }

  /** The next slot for eviction, which leaves `minIdle` of them alone, and what is kept warm. */
  #surplusIdle(): ReturnType<Stock<R>["longestIdle"]> {
    return this.#stock.counts.idle > this.#limits.minIdle ? this.#stock.longestIdle(true) : undefined;
  }
}
