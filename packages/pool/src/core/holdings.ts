/**
 * The resources of a pool on their way: opened, checked, lent, idle, closed. Room: pool core.
 *
 * A slot takes each of its steps here, with its deadline, what is counted and what the sink is asked for; who gets which slot is the business
 * of `Lending`. State is settled before the sink is called, so that it may call back.
 */
import { Ledger, type Eviction } from "./ledger.js";
import type { PoolLimits } from "./options.js";
import type { Picker } from "./picking.js";
import { Sharing } from "./sharing.js";
import type { PoolSink } from "./sink.js";
import type { Shelf, Slot } from "./slot.js";
import { Stock } from "./stock.js";

export class Holdings<R> {
  readonly stock: Stock<R> = new Stock<R>();
  readonly ledger: Ledger = new Ledger();
  readonly sharing: Sharing<R>;
  /** Leases out now; more than `lent` counts where connections are shared. */
  leases = 0;
  readonly #limits: PoolLimits;
  readonly #sink: PoolSink<R>;
  readonly #pick: Picker | undefined;
  readonly #due: (deadlineMs: number) => void;
  #turn = 0;

  /** @param due notes that something is to happen at this time. */
  constructor(limits: PoolLimits, pick: Picker | undefined, sink: PoolSink<R>, due: (deadlineMs: number) => void) {
    this.#limits = limits;
    this.#pick = pick;
    this.#sink = sink;
    this.#due = due;
    this.sharing = new Sharing<R>(limits);
  }

  /** Starts an attempt. */
  open(shelf: Shelf<R>, nowMs: number): void {
    const deadlineMs = nowMs + this.#limits.connectTimeoutMs;
    const slot = this.stock.open(shelf, deadlineMs);
    this.#due(deadlineMs);
    this.#sink.connect(slot);
  }

  /** A slot of this shelf that is idle or can be shared, lent; those that fail an immediate check are closed on the way. */
  lendReady(shelf: Shelf<R>, nowMs: number): Slot<R> | undefined {
    for (;;) {
      const slot = this.#choose(shelf, nowMs);
      if (slot === undefined) return undefined;
      if (slot.state.kind === "lent") {
        if (slot.expiresAtMs > nowMs) {
          this.lend(slot, slot.state.resource);
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
        this.lend(slot, resource);
        return slot;
      }
      const isFit = this.#check(slot, resource, idleMs, nowMs);
      if (isFit === undefined) return undefined;
      if (isFit) return slot;
    }
  }

  /** Lends a slot, once more where it is lent already. */
  lend(slot: Slot<R>, resource: R): void {
    slot.uses += 1;
    slot.leases += 1;
    slot.turn = this.#turn += 1;
    this.leases += 1;
    if (slot.state.kind !== "lent") this.stock.move(slot, { kind: "lent", resource });
    if (this.#limits.leasesPerConnection > 1) this.sharing.offer(slot, -Infinity);
  }

  /** Ends one lease. @returns whether the slot is lent to nobody now; it is for the caller to {@link shelve} or {@link close} it, or to lend it on. */
  endLease(slot: Slot<R>): boolean {
    slot.leases -= 1;
    this.leases -= 1;
    if (slot.leases > 0) return false;
    this.sharing.withdraw(slot);
    return true;
  }

  /** The resource becomes idle. */
  shelve(slot: Slot<R>, resource: R, nowMs: number): void {
    this.sharing.free(slot);
    this.stock.move(slot, { kind: "idle", resource, sinceMs: nowMs });
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
    this.lend(slot, resource);
    return true;
  }

  /** One that is idle or can be shared, by the pool's policy. */
  #choose({ idle, shared }: Shelf<R>, nowMs: number): Slot<R> | undefined {
    if (this.#pick === undefined) return idle.at(-1) ?? shared.at(-1);
    const candidates = shared.length === 0 ? idle : [...idle, ...shared];
    return candidates.length < 2 ? candidates[0] : candidates[this.#pick(candidates, nowMs)] ?? candidates[0];
  }
}
