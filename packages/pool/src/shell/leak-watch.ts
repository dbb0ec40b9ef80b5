/**
 * Tells of leases that were not given back for long, with the place where they were acquired. Room: pool shell.
 *
 * Stacks are taken only by a pool that has one. Each lease is told of once.
 */
import type { Swept } from "@x/errors/clock";
import { PoolError } from "@x/errors/pool";

interface Held {
  readonly key: string;
  readonly sinceMs: number;
  readonly origin: Error;
}

export class LeakWatch implements Swept {
  readonly #afterMs: number;
  readonly #report: (error: PoolError, key: string) => void;
  /** Oldest first: leases are noted as they begin. */
  readonly #held = new Map<object, Held>();

  constructor(afterMs: number, report: (error: PoolError, key: string) => void) {
    this.#afterMs = afterMs;
    this.#report = report;
  }

  get deadlineMs(): number {
    for (const { sinceMs } of this.#held.values()) return sinceMs + this.#afterMs;
    return Infinity;
  }

  /** To be called by `acquire` itself, whose caller is then on the stack. */
  static origin(): Error {
    return new Error("The lease was acquired here");
  }

  begin(lease: object, key: string, origin: Error, nowMs: number): void {
    this.#held.set(lease, { key, sinceMs: nowMs, origin });
  }

  end(lease: object): void {
    this.#held.delete(lease);
  }

  tick(nowMs: number): void {
    for (const [lease, { key, sinceMs, origin }] of this.#held) {
      if (sinceMs + this.#afterMs > nowMs) return;
      this.#held.delete(lease);
      const message = `Lease is held for ${Math.round(nowMs - sinceMs)} ms, must be given back within ${this.#afterMs}`;
      this.#report(new PoolError(message, { code: "pool/lease-leaked", cause: origin }), key);
    }
  }
}
