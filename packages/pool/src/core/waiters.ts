/**
 * Borrowers in the order they came. Room: pool core.
 *
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
  readonly deadlineMs: number;
  /** What the caller asked for, for the error's `timeoutMs`. */
  readonly timeoutMs: number;
  previous: Waiter<R> | undefined;
  next: Waiter<R> | undefined;
  isQueued = false;

  constructor(shelf: Shelf<R>, borrower: Borrower<R>, timeoutMs: number, nowMs: number) {
    this.shelf = shelf;
    this.borrower = borrower;
    this.timeoutMs = timeoutMs;
    this.deadlineMs = nowMs + timeoutMs;
  }
}

/** First in, first out; removal from anywhere. */
export class WaitingQueue<R> {
  head: Waiter<R> | undefined;
  #tail: Waiter<R> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(waiter: Waiter<R>): void {
    waiter.previous = this.#tail;
    if (this.#tail === undefined) this.head = waiter;
    else this.#tail.next = waiter;
    this.#tail = waiter;
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

  /** The oldest waiter of one key. */
  oldestOf(shelf: Shelf<R>): Waiter<R> | undefined {
    if (shelf.waiting === 0) return undefined;
    let waiter = this.head;
    while (waiter !== undefined && waiter.shelf !== shelf) waiter = waiter.next;
    return waiter;
  }

  /** Those waiting now, oldest first; a copy, for callers that remove while they walk. */
  toArray(): Waiter<R>[] {
    const all: Waiter<R>[] = [];
    for (let waiter = this.head; waiter !== undefined; waiter = waiter.next) all.push(waiter);
    return all;
  }
}
