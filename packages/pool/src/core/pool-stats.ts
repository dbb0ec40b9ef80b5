/**
 * A pool's numbers at one moment, and since its beginning. Room: pool core.
 */
import type { Eviction, Ledger } from "./ledger.js";
import type { Stock, Counts } from "./stock.js";
import type { WaitStats } from "./wait-histogram.js";

/** Of one key. */
export interface KeyStats extends Counts {
  readonly waiting: number;
}

export interface PoolStats extends KeyStats {
  /** creating + idle + lent + closing. */
  readonly total: number;
  /** Leases out; more than `lent` where `leasesPerConnection` is more than 1. */
  readonly leases: number;
  /** Of every key that has resources, or borrowers who wait. */
  readonly keys: ReadonlyMap<string, KeyStats>;
  /** How old the oldest resource is, in milliseconds; 0 without one. */
  readonly oldestMs: number;
  /** Resources that `connect` gave since the beginning; leases of them. */
  readonly created: number;
  readonly acquired: number;
  /** Attempts to connect that failed or took too long. */
  readonly failedConnects: number;
  /** Borrowers whose deadline came, who gave up, and who were refused for another reason. */
  readonly timedOut: number;
  readonly cancelled: number;
  readonly refused: number;
  /** Resources whose closing took too long; their places were given away. */
  readonly writtenOff: number;
  /** Resources closed, by cause. */
  readonly evicted: Readonly<Record<Eviction, number>>;
  /** How long borrowers waited who got one. */
  readonly waits: WaitStats;
}

export function poolStats<R>(stock: Stock<R>, ledger: Ledger, leases: number, nowMs: number): PoolStats {
  const keys = new Map<string, KeyStats>();
  let waiting = 0;
  for (const { key, creating, closing, idle: { length: idle }, slots, waiting: here } of stock.shelves) {
    keys.set(key, { creating, idle, lent: slots - creating - closing - idle, closing, waiting: here });
    waiting += here;
  }
  let oldestMs = 0;
  for (const { state, openedMs } of stock.slots) if (state.kind === "idle" || state.kind === "lent") oldestMs = Math.max(oldestMs, nowMs - openedMs);
  const { created, acquired, failedConnects, timedOut, cancelled, refused, writtenOff } = ledger;
  return {
    ...stock.counts, total: stock.size, leases, waiting, keys, oldestMs, created, acquired, failedConnects, timedOut, cancelled, refused, writtenOff,
    evicted: { ...ledger.evicted }, waits: ledger.waits.stats(),
  };
}
