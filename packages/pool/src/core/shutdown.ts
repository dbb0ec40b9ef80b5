/**
 * How a pool ends: at once, or when those who wait have been served. Room: pool core.
 *
 * Waiters are refused, idle resources closed, lent ones when they come back or when their time is over; the last one gone, the pool is closed.
 */
import { poolClosed } from "./failures.js";
import type { Holdings } from "./holdings.js";
import type { Lending } from "./lending.js";
import type { Lobby } from "./lobby.js";

/** `draining`: nobody new is served, who waits still is; then, or at the time given, it closes. */
type Phase =
  | { readonly kind: "open" | "closed" }
  | { readonly kind: "draining"; readonly closeAtMs: number }
  | { readonly kind: "closing"; readonly forceAtMs: number };

export class Shutdown<R> {
  readonly #holdings: Holdings<R>;
  readonly #lending: Lending<R>;
  readonly #lobby: Lobby<R>;
  readonly #emptied: () => void;
  #phase: Phase = { kind: "open" };

  /** @param emptied is called once, when nothing is left. */
  constructor(holdings: Holdings<R>, lending: Lending<R>, lobby: Lobby<R>, emptied: () => void) {
    this.#holdings = holdings;
    this.#lending = lending;
    this.#lobby = lobby;
    this.#emptied = emptied;
  }

  /** It has not begun. */
  get isOpen(): boolean {
    return this.#phase.kind === "open";
  }

  /** It has begun, and is not over. */
  get isUnderWay(): boolean {
    return this.#phase.kind === "draining" || this.#phase.kind === "closing";
  }

  /** Resources that come back are lent again. */
  get isServing(): boolean {
    return this.#phase.kind === "open" || (this.#phase.kind === "draining" && this.#lending.queue.head !== undefined);
  }

  /** When the present phase ends, whatever happens. */
  get deadlineMs(): number {
    if (this.#phase.kind === "draining") return this.#phase.closeAtMs;
    return this.#phase.kind === "closing" && this.#holdings.stock.counts.lent > 0 ? this.#phase.forceAtMs : Infinity;
  }

  /** Nobody new is served, and nothing is kept; {@link proceed} follows when who waits has been served. */
  drain(closeAtMs: number): void {
    if (this.#phase.kind === "open") this.#cool();
    else if (this.#phase.kind !== "draining") return;
    this.#phase = { kind: "draining", closeAtMs };
  }

  /** Waiters are refused at once, idle resources close now, lent ones when they come back or at `forceAtMs`. */
  close(nowMs: number, forceAtMs: number): void {
    if (this.#phase.kind !== "open" && this.#phase.kind !== "draining") return;
    this.#phase = { kind: "closing", forceAtMs };
    this.#lobby.refuse(poolClosed(this.#lending.counts()));
    this.#cool();
    this.#closeUnlent(nowMs);
    this.proceed(nowMs);
  }

  /** Does what is due. */
  tick(nowMs: number): void {
    if (this.#phase.kind === "draining" && this.#phase.closeAtMs <= nowMs) this.close(nowMs, nowMs);
    if (this.#phase.kind === "closing" && this.#phase.forceAtMs <= nowMs) this.#takeBack(nowMs);
  }

  /** Something has come back, or is gone: the next step may have come. */
  proceed(nowMs: number): void {
    const { stock } = this.#holdings;
    if (this.#phase.kind === "draining" && this.#lending.queue.head === undefined) {
      if (stock.counts.lent === 0) this.close(nowMs, nowMs);
      else this.#closeUnlent(nowMs);
    } else if (this.#phase.kind === "closing" && stock.size === 0) {
      this.#phase = { kind: "closed" };
      this.#emptied();
    }
  }

  /** Nothing is kept warm any more. */
  #cool(): void {
    this.#lobby.refuseWarmers(poolClosed(this.#lending.counts()));
    for (const shelf of this.#holdings.stock.shelves) shelf.minimum = shelf.target = 0;
  }

  /** Everything that nobody holds goes. */
  #closeUnlent(nowMs: number): void {
    const reason = poolClosed(this.#lending.counts());
    for (const slot of [...this.#holdings.stock.slots]) {
      this.#holdings.abandon(slot, reason, "closed", nowMs);
      this.#holdings.closeIdle(slot, "closed", nowMs);
    }
  }

  /** What is still lent is closed. */
  #takeBack(nowMs: number): void {
    for (const slot of [...this.#holdings.stock.slots]) if (slot.state.kind === "lent") this.#holdings.close(slot, slot.state.resource, "closed", nowMs);
  }
}
