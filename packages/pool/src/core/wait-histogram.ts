/**
 * How long borrowers waited: percentiles out of a fixed number of counters. Room: pool core.
 *
 * Sixteen counters for each doubling of time, as in HdrHistogram: a value is known to 1/16 of itself. When very many have been
 * counted, all counters are halved, so that what was long ago weighs little. Recording allocates nothing.
 */

/** So many parts of a millisecond are told apart. */
const UNITS_PER_MS = 8;
/** Counters for each doubling: 2 to the power of this. */
const SUB_BITS = 4;
const SUB_COUNT = 16;
/** The longest that is told apart from longer ones: 74 hours. */
const MAX_UNITS = 0x7fff_ffff;
/** Counters: those below 16 units, and 16 for each of the 27 doublings above. */
const SIZE: number = SUB_COUNT * 28;
/** Counted between two halvings. */
const WINDOW = 65_536;

/** Milliseconds; 0 where nothing was recorded. */
export interface WaitStats {
  /** Half waited no longer. */
  readonly p50Ms: number;
  /** All but one in a hundred waited no longer. */
  readonly p99Ms: number;
  /** Since the beginning. */
  readonly maxMs: number;
}

export class WaitHistogram {
  readonly #counts = new Uint32Array(SIZE);
  #total = 0;
  /** Beside them, the ones who did not wait: nearly all, so that they have a counter that costs nothing. */
  #atOnce = 0;
  #maxMs = 0;

  recordNone(): void {
    if ((this.#atOnce += 1) >= WINDOW) this.#halve();
  }

  record(ms: number): void {
    const index = indexOf(Math.min(MAX_UNITS, Math.max(0, ms * UNITS_PER_MS)) | 0);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
    if (++this.#total >= WINDOW) this.#halve();
  }

  stats(): WaitStats {
    return { p50Ms: this.#percentile(0.5), p99Ms: this.#percentile(0.99), maxMs: this.#maxMs };
  }

  /** The end of the counter in which so great a part of all has been reached, but not beyond the longest. */
  #percentile(part: number): number {
    const wanted = (this.#total + this.#atOnce) * part;
    let seen = this.#atOnce;
    if (seen >= wanted) return 0;
    for (let index = 0; index < SIZE; index++) {
      seen += this.#counts[index] ?? 0;
      if (seen >= wanted) return Math.min(this.#maxMs, endOf(index) / UNITS_PER_MS);
    }
    return 0;
  }

  #halve(): void {
    this.#total = 0;
    this.#atOnce >>>= 1;
    for (const [index, count] of this.#counts.entries()) {
      const half = count >>> 1;
      this.#counts[index] = half;
      this.#total += half;
    }
  }
}

/** The counter of a number of units. */
function indexOf(units: number): number {
  if (units < SUB_COUNT) return units;
  const doubling = 31 - Math.clz32(units) - SUB_BITS;
  return (doubling + 1) * SUB_COUNT + ((units >>> doubling) & (SUB_COUNT - 1));
}

/** The first number of units that is beyond a counter. */
function endOf(index: number): number {
  if (index < SUB_COUNT) return index + 1;
  const doubling = Math.floor(index / SUB_COUNT) - 1;
  return (SUB_COUNT + (index % SUB_COUNT) + 1) * 2 ** doubling;
}
