/**
 * What a pool has done since its beginning. Room: pool core. Plain counters: they cost the way of a lease one addition.
 */
import { WaitHistogram } from "./wait-histogram.js";

/** Why a resource was closed: unused for too long, too old, lent too often, refused by its check, ended by itself, destroyed by its borrower, to make room for
 *  another key, come too late for anybody, or because the pool closes. */
export type Eviction = "idle" | "age" | "uses" | "invalid" | "ended" | "destroyed" | "room" | "late" | "closed";

export class Ledger {
  /** Resources that `connect` gave. */
  created = 0;
  /** Leases. */
  acquired = 0;
  /** Attempts to connect that failed or took too long. */
  failedConnects = 0;
  /** Borrowers whose deadline came, who gave up, and who were refused for another reason. */
  timedOut = 0;
  cancelled = 0;
  refused = 0;
  /** Resources whose closing took too long. */
  writtenOff = 0;
  readonly evicted: Record<Eviction, number> = { idle: 0, age: 0, uses: 0, invalid: 0, ended: 0, destroyed: 0, room: 0, late: 0, closed: 0 };
  /** Of those who got one. */
  readonly waits: WaitHistogram = new WaitHistogram();

  lentAtOnce(): void {
    this.acquired++;
    this.waits.recordNone();
  }

  lentAfter(waitedMs: number): void {
    this.acquired++;
    this.waits.record(waitedMs);
  }
}
