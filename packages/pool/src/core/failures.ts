/**
 * The errors of the pool's own making. Room: pool core.
 *
 * Each carries the counts of its moment, so that a log line tells why: all lent, all opening, or nothing answering.
 */
import { ConnectionError, ConnectionTimeoutError, PoolError, PoolExhaustedError } from "@x/errors/pool";
import { TransportError } from "@x/errors";
import type { Counts } from "./stock.js";

/** What the pool holds and who waits, at one moment. */
export interface PoolCounts extends Counts {
  readonly [count: string]: number;
  /** creating + idle + lent + closing. */
  readonly total: number;
  /** Leases out; more than `lent` where `leasesPerConnection` is more than 1. */
  readonly leases: number;
  readonly waiting: number;
}

export function exhausted(maxConnections: number, timeoutMs: number, stats: PoolCounts, cause: unknown): PoolExhaustedError {
  return new PoolExhaustedError(
    `Cannot acquire: no connection within ${timeoutMs} ms, ${stats.lent} of ${maxConnections} are lent and ${stats.waiting} others wait`,
    { maxConnections, timeoutMs, stats: reported(stats), ...(cause === undefined ? {} : { cause }) },
  );
}

export function queueFull(maxWaiting: number, stats: PoolCounts): PoolError {
  return new PoolError(`Cannot acquire: ${stats.waiting} borrowers wait, must be at most ${maxWaiting}`, {
    code: "pool/too-many-waiting",
    retryable: true,
    stats: reported(stats),
  });
}

export function poolClosed(stats: PoolCounts): PoolError {
  return new PoolError("Cannot acquire: pool is closed, must be open", { code: "pool/closed", stats: reported(stats) });
}

/** The errors call what is lent `active`. */
function reported(stats: PoolCounts): PoolCounts & { readonly active: number } {
  return { ...stats, active: stats.lent };
}

export function attemptTimedOut(phase: "connecting" | "checking", afterMs: number): ConnectionTimeoutError {
  return new ConnectionTimeoutError(`Cannot finish ${phase}: not done after ${afterMs} ms`, { operation: phase, afterMs });
}

/** What `connect` threw, as a borrower sees it: an error of the tree as it is, anything else as the cause of one. */
export function connectFailed(error: unknown): TransportError {
  if (error instanceof TransportError) return error;
  return new ConnectionError("Cannot acquire: connecting failed", { cause: error });
}
