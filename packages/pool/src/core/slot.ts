/**
 * One place of the pool and the shelf of its key. Room: pool core.
 *
 * A slot is in exactly one of four states, and each state owns its data: a resource that is being made ready
 * (connecting or being checked) is `creating`; one that nobody uses is `idle`; one that a borrower holds is `lent`;
 * one on its way out, an aborted attempt included, is `closing`. Every slot counts against the limit until it is gone,
 * because a socket is a socket until it is closed. Times are milliseconds of one monotonic clock.
 */
import type { Eviction } from "./ledger.js";

export type SlotState<R> =
  | { readonly kind: "creating"; readonly phase: "connecting"; readonly deadlineMs: number }
  | { readonly kind: "creating"; readonly phase: "checking"; readonly resource: R; readonly deadlineMs: number }
  | { readonly kind: "idle"; readonly resource: R; readonly sinceMs: number }
  | { readonly kind: "lent"; readonly resource: R }
  | { readonly kind: "closing"; readonly deadlineMs: number };

/** The four states by name. */
export type SlotKind = SlotState<unknown>["kind"];

/** A place in the pool: one resource, from the start of its attempt to the end of its closing. */
export class Slot<R> {
  readonly shelf: Shelf<R>;
  state: SlotState<R>;
  /** Why it is closed, not kept, when it comes back: it ended by itself, a borrower destroyed it, or the pool closes. */
  brokenBy: Eviction | undefined;
  /** It is lent to nobody more until it comes back: somebody of another key waits for its place. */
  isReserved = false;
  /** From this time on it is closed instead of kept. */
  expiresAtMs: number = Number.POSITIVE_INFINITY;
  /** How often it was lent, how many leases of it there are now, and which lease of the pool was its last. */
  uses = 0;
  leases = 0;
  turn = 0;
  /** When its attempt succeeded. */
  openedMs = 0;

  constructor(shelf: Shelf<R>, state: SlotState<R>) {
    this.shelf = shelf;
    this.state = state;
  }
}

/** What the pool knows about one key. It exists only while the key has slots or waiters or is kept warm, so keys cannot pile up. */
export class Shelf<R> {
  readonly key: string;
  /** Idle slots, longest idle first; the last is lent first, so that surplus ones grow old and are evicted. */
  readonly idle: Slot<R>[] = [];
  /** Lent slots that can be lent once more at the same time. */
  readonly shared: Slot<R>[] = [];
  /** Slots of this key, in any state. */
  slots = 0;
  /** Of those, the ones being made ready. */
  creating = 0;
  /** Of those, the ones on their way out. */
  closing = 0;
  /** Borrowers waiting for this key. */
  waiting = 0;
  /** So many slots are opened and kept without anybody asking: always, and until those who warm the key are content. */
  minimum = 0;
  target = 0;
  /** Scratch of one dispatch: attempts under way that no older waiter counts on. */
  unclaimed = 0;
  /** Scratch of one dispatch: leases of a place that is kept for this key which no older waiter counts on. */
  promised = 0;
  /** Scratch of one dispatch: slots on their way out whose place of this key no older waiter counts on. */
  freeing = 0;
  /** Failures since the last success, and the time before which no new attempt starts. */
  failures = 0;
  retryAtMs: number = Number.NEGATIVE_INFINITY;
  lastFailure: unknown;

  constructor(key: string) {
    this.key = key;
  }

  /** An attempt succeeded. */
  noteSuccess(): void {
    this.failures = 0;
    this.retryAtMs = -Infinity;
    this.lastFailure = undefined;
  }

  /** Slots that are not on their way out. */
  get lasting(): number {
    return this.slots - this.closing;
  }

  /** Slots that are idle or lent. */
  get ready(): number {
    return this.slots - this.closing - this.creating;
  }
}
