/**
 * How much per second: a bucket that fills at a constant rate, and from which what is done takes its cost.
 *
 * Room: socketio core. Times are milliseconds; what tokens count is the owner's affair.
 */

export interface Rate {
  /** Tokens that come in a second. */
  readonly perSecond: number;
  /** Tokens that a full bucket holds, which may go at once. Default: those of a second. */
  readonly burst?: number | undefined;
}

export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor({ perSecond, burst = perSecond }: Rate, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** @returns 0 where `cost` can be paid, or the milliseconds until it can. What costs more than a bucket holds waits for a full one. */
  waitMs(cost: number, nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, Math.min(cost, this.#burst) - this.#tokens) / this.#perMs;
  }

  /** Takes `cost`, if need be on credit. */
  take(cost: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens -= cost;
  }

  isFull(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens === this.#burst;
  }

  #refill(nowMs: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs);
    this.#atMs = nowMs;
  }
}
