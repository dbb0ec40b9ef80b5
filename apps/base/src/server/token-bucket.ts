/**
 * Rate limits: a bucket of tokens that refills steadily.
 *
 * Room: server. Time is an argument's business: `nowMs` is given at construction.
 */
export interface Rate {
  /** Tokens a full bucket holds. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts in milliseconds of credit rather than in fractions of tokens, so that whole milliseconds stay exact. */
export class TokenBucket {
  readonly #costMs: number;
  readonly #fullMs: number;
  #creditMs: number;
  #atMs: number;

  constructor({ burst, perSecond }: Rate, nowMs: number) {
    this.#costMs = 1000 / perSecond;
    this.#fullMs = burst * this.#costMs;
    this.#creditMs = this.#fullMs;
    this.#atMs = nowMs;
  }

  /** Takes one token. @returns 0 when there was one, else the milliseconds until there is. */
  take(nowMs: number): number {
    this.#creditMs = this.#creditAt(nowMs);
    this.#atMs = nowMs;
    if (this.#creditMs < this.#costMs) return Math.ceil(this.#costMs - this.#creditMs);
    this.#creditMs -= this.#costMs;
    return 0;
  }

  /** A full bucket remembers nothing and can be forgotten. */
  isFull(nowMs: number): boolean {
    return this.#creditAt(nowMs) >= this.#fullMs;
  }

  #creditAt(nowMs: number): number {
    return Math.min(this.#fullMs, this.#creditMs + Math.max(0, nowMs - this.#atMs));
  }
}

/** One bucket per key (user, address), at most `maxKeys` of them: full ones are forgotten, then the longest unused. */
export class KeyedBuckets {
  readonly #rate: Rate;
  readonly #nowMs: () => number;
  readonly #maxKeys: number;
  readonly #buckets: Map<string, TokenBucket> = new Map<string, TokenBucket>();

  constructor(rate: Rate, nowMs: () => number = () => performance.now(), maxKeys = 10_000) {
    this.#rate = rate;
    this.#nowMs = nowMs;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** @returns 0, or the milliseconds to wait. */
  take(key: string): number {
    const nowMs = this.#nowMs();
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, nowMs);
    this.#buckets.delete(key); // moves the key to the end: least recently used first
    if (this.#buckets.size >= this.#maxKeys) this.#forget(nowMs);
    this.#buckets.set(key, bucket);
    return bucket.take(nowMs);
  }

  #forget(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size < this.#maxKeys) return;
      this.#buckets.delete(key);
    }
  }
}
