/**
 * The network between a client and a server in memory: everything takes a turn, keeps its order, and may be late or lost.
 *
 * Room: engineio memory. Times are milliseconds of the clock given.
 */
import type { Clock } from "@x/errors/clock";

/** Who sends. */
export type End = "client" | "server";

/** What happens to all that one end sends: requests, answers, packets, and its end. Can be changed at any time. */
export interface NetworkFaults {
  /** How long it is on its way. Milliseconds, default 0. */
  latencyMs: number;
  /** Nothing arrives any more, not even the end: a cable pulled, a laptop asleep. Default `false`. */
  isSilent: boolean;
}

/** A network without faults. */
export const NO_FAULTS: Readonly<NetworkFaults> = { latencyMs: 0, isSilent: false };

/** Carries what either end sends. */
export class MemoryWire {
  readonly faults: Readonly<Record<End, NetworkFaults>> = { client: { ...NO_FAULTS }, server: { ...NO_FAULTS } };
  /** Deliveries on their way that need no more time. */
  underway = 0;
  readonly #clock: Clock;
  /** When the last delivery of each end is due: none may overtake it. */
  readonly #lastDueMs: Record<End, number> = { client: 0, server: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `arrive` runs when what `from` sends gets there; never, when it is lost. */
  carry(from: End, arrive: () => void): void {
    const faults = this.faults[from];
    if (faults.isSilent) return;
    const nowMs = this.#clock.now();
    const dueMs = Math.max(this.#lastDueMs[from], nowMs + faults.latencyMs);
    this.#lastDueMs[from] = dueMs;
    const deliver = (): void => { if (!faults.isSilent) arrive(); };
    if (dueMs > nowMs) this.#clock.setTimer(deliver, dueMs - nowMs);
    else this.#soon(deliver);
  }

  #soon(deliver: () => void): void {
    this.underway++;
    queueMicrotask(() => {
      this.underway--;
      deliver();
    });
  }
}
