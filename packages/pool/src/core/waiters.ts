/**
 * Borrowers by priority, and in the order they came. Room: pool core.
 *
 * A waiter is overtaken by a bounded number of younger ones, so that none starves, however many important ones come;
 * the same bound makes the search for a place constant work per waiter, taken over its whole wait.
 * A linked list, because a borrower may leave from any place (abort, deadline) and must do so at once and in constant
 * time: a waiter that gave up never counts against the queue's limit.
 */
import type { Shelf, Slot } from "./slot.js";

/** How a waiting borrower hears the end of its wait; exactly one of the two is called, once. */
export interface Borrower<R> {
  lend(slot: Slot<R>): void;
  refuse(error: Error): void;
}

/** One waiting borrower. Its deadline is absolute, whatever happens to it while it waits. */
export class Waiter<R> {
  readonly shelf: Shelf<R>;
  readonly borrower: Borrower<R>;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  /** What the caller asked for, for the error's `timeoutMs`. */
  readonly timeoutMs: number;
  /** Higher goes first. */
  readonly priority: number;
  /** How many younger ones went past. */
  overtaken = 0;
  previous: Waiter<R> | undefined;
  next: Waiter<R> | undefined;
  isQueued = false;

  constructor(shelf: Shelf<R>, borrower: Borrower<R>, timeoutMs: number, priority: number, nowMs: number) {
    this.shelf = shelf;
    this.borrower = borrower;
    this.timeoutMs = timeoutMs;
    this.priority = priority;
    this.sinceMs = nowMs;
    this.deadlineMs = nowMs + timeoutMs;
  }
}

/** First in, first out among equals; removal from anywhere. */
export class WaitingQueue<R> {
  head: Waiter<R> | undefined;
  #tail: Waiter<R> | undefined;
  #size = 0;
  readonly #maxOvertakes: number;

  /** @param maxOvertakes by how many younger ones, at most, one is overtaken. */
  constructor(maxOvertakes: number) {
    this.#maxOvertakes = maxOvertakes;
  }

  get size(): number {
    return this.#size;
  }

  push(waiter: Waiter<R>): void {
    let before = this.#tail;
    while (before !== undefined && before.priority < waiter.priority && before.overtaken < this.#maxOvertakes) {
      before.overtaken += 1;
      before = before.previous;
    }
    const after = before === undefined ? this.head : before.next;
    waiter.previous = before;
    waiter.next = after;
    if (before === undefined) this.head = waiter;
    else before.next = waiter;
    if (after === undefined) this.#tail = waiter;
    else after.previous = waiter;
    waiter.isQueued = true;
    waiter.shelf.waiting += 1;
    this.#size += 1;
  }

  /** @returns false when the waiter had already left. */
  remove(waiter: Waiter<R>): boolean {
    if (!waiter.isQueued) return false;
    if (waiter.previous === undefined) this.head = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.#tail = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.previous = waiter.next = undefined;
    waiter.isQueued = false;
    waiter.shelf.waiting -= 1;
    this.#size -= 1;
    return true;
  }

  /** The first waiter of one key. */
  firstOf(shelf: Shelf<R>): Waiter<R> | undefined {
    if (shelf.waiting === 0) return undefined;
    let waiter = this.head;
    while (waiter !== undefined && waiter.shelf !== shelf) waiter = waiter.next;
    return waiter;
  }

  /** Those waiting now, the first first; a copy, for callers that remove while they walk. */
  toArray(): Waiter<R>[] {
    const all: Waiter<R>[] = [];
    for (let waiter = this.head; waiter !== undefined; waiter = waiter.next) all.push(waiter);
    return all;
  }
}
