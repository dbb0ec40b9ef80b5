/** A token bucket: so many at once, and from then on so many per second. Room: server. */
export class Rate {
  readonly #burst: number;
  readonly #perSecond: number;
  #left: number;
  #atMs: number | undefined;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#left = burst;
  }

  /** @returns whether there was one left. */
  take(nowMs: number): boolean {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - (this.#atMs ?? nowMs)) / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
