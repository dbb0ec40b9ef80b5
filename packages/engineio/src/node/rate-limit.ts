/**
 * How fast one address may do something: a token bucket each, for a bounded number of addresses.
 *
 * Room: engineio node. Times are milliseconds.
 */
/** Addresses that are remembered; beyond it the one that has been quiet for longest starts anew. */
export const MAX_BUCKETS = 65_536;

/** Tokens that come in a second, and that a bucket holds. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #maxBuckets: number;
  /** The one used last is the last. */
  readonly #buckets = new Map<string, Bucket>();

  constructor({ perSecond, burst }: Rate, maxBuckets: number = MAX_BUCKETS) {
    this.#perMs = perSecond / 1000;
    this.#burst = Math.max(1, burst);
    this.#maxBuckets = maxBuckets;
  }

  /** Addresses under watch. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Take one token. @returns 0 when there was one, or the time until there will be. */
  take(key: string, nowMs: number): number {
    const bucket = this.#refilled(key, nowMs);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const missing = Math.max(0, 1 - bucket.tokens);
    if (missing === 0) bucket.tokens--;
    this.#forget(nowMs);
    return missing / this.#perMs;
  }

  #refilled(key: string, nowMs: number): Bucket {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return { tokens: this.#burst, atMs: nowMs };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#perMs);
    bucket.atMs = nowMs;
    return bucket;
  }

  /** Buckets that are full again say nothing; the oldest are looked at, two per call, so that the map shrinks as it grows. */
  #forget(nowMs: number): void {
    let looked = 0;
    for (const [key, { tokens, atMs }] of this.#buckets) {
      if (looked++ === 2) return;
      const isFull = tokens + (nowMs - atMs) * this.#perMs >= this.#burst;
      if (!isFull && this.#buckets.size <= this.#maxBuckets) return;
      this.#buckets.delete(key);
    }
  }
}
