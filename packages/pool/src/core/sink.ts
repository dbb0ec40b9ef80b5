/**
 * What the pool's machine asks of its driver. Room: pool core.
 */
import type { Slot } from "./slot.js";

/** None of these may throw. */
export interface PoolSink<R> {
  /** Start an attempt; answer with `connected` or `failed`. */
  connect(slot: Slot<R>): void;
  /** Is the resource fit to be lent? `undefined`: the answer comes later, through `checked`. */
  check(slot: Slot<R>, resource: R, idleMs: number): boolean | undefined;
  /** The attempt or check of this slot is no longer wanted; it must end soon, one way or the other. */
  abandon(slot: Slot<R>, reason: unknown): void;
  /** Close the resource; answer with `gone`. */
  close(slot: Slot<R>, resource: R): void;
  /** Something that took longer than `closeTimeoutMs` to end was written off; its place is free again. */
  writtenOff(slot: Slot<R>): void;
  /** The machine's deadline moved earlier. */
  wake(): void;
  /** The closed pool is empty. */
  emptied(): void;
}
