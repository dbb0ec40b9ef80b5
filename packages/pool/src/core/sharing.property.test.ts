/**
 * Where resources are shared, whoever waits for a place of another key gets one as soon as the leases of one resource have ended,
 * however many come and go beside it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PoolSink } from "./sink.js";
import { DEFAULT_LIMITS } from "./options.js";
import { PoolCore } from "./pool.js";
import type { Slot } from "./slot.js";

/** A machine whose resources open and close at once, and everybody who holds one. */
class World implements PoolSink<string> {
  readonly core: PoolCore<string>;
  readonly #due: (() => void)[] = [];
  readonly held = new Map<string, Slot<string>[]>();
  readonly waiting = new Map<string, number>();

  constructor(maxConnections: number, leasesPerConnection: number) {
    this.core = new PoolCore({ ...DEFAULT_LIMITS, maxConnections, leasesPerConnection }, { isRetryable: () => true, backoffMs: () => 1, ageMs: () => Infinity }, this);
  }

  connect(slot: Slot<string>): void {
    this.#due.push(() => this.core.connected(slot, slot.shelf.key, 0));
  }
  check(): boolean {
    return true;
  }
  abandon(): void {}
  close(slot: Slot<string>): void {
    this.#due.push(() => this.core.gone(slot, 0));
  }
  writtenOff(): void {}
  wake(): void {}
  emptied(): void {}

  acquire(key: string): void {
    const lend = (slot: Slot<string>): void => {
      expect(slot.leases).toBeLessThanOrEqual(DEFAULT_LIMITS.maxWaiting);
      this.held.set(key, [...(this.held.get(key) ?? []), slot]);
    };
    const slot = this.core.take(key, 0);
    if (slot !== undefined) lend(slot);
    else {
      this.waiting.set(key, (this.waiting.get(key) ?? 0) + 1);
      this.core.wait(key, 10_000, 0, {
        lend: (later) => {
          this.waiting.set(key, (this.waiting.get(key) ?? 0) - 1);
          lend(later);
        },
        refuse: () => undefined,
      }, 0);
    }
    this.settle();
  }

  /** The lease that has been held for longest. */
  release(key: string): void {
    const [slot, ...others] = this.held.get(key) ?? [];
    this.held.set(key, others);
    if (slot !== undefined) this.core.release(slot, 0);
    this.settle();
  }

  settle(): void {
    for (let run = this.#due.shift(); run !== undefined; run = this.#due.shift()) run();
  }
}

test("sharers of one key do not hold up who waits for another", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 3 }), fc.array(fc.boolean(), { minLength: 200, maxLength: 200 }),
    (maxConnections, leases, crowd, others, turns) => {
      const world = new World(maxConnections, leases);
      for (let n = 0; n < Math.max(crowd, maxConnections); n++) world.acquire("crowd");
      const before = Math.max(crowd, maxConnections);
      for (let n = 0; n < others; n++) world.acquire("other");
      // From now on every lease that ends is followed by a borrower who wants to share what is left.
      let ended = 0;
      for (const comesFirst of turns) {
        if (comesFirst) world.acquire("crowd");
        if (world.core.counts().waiting < 500) world.acquire("crowd");
        world.release("crowd");
        world.release("other");
        if (++ended > before + maxConnections * leases * (others + 1)) break;
      }
      expect(world.waiting.get("other") ?? 0).toBe(0);
    },
  ), { numRuns: 100 });
});

test("what is kept back is shared again when nobody waits for it", () => {
  const world = new World(1, 2);
  world.acquire("a");
  const waiter = world.core.wait("b", 1_000, 0, { lend: () => undefined, refuse: () => undefined }, 0);
  expect(world.core.take("a", 0)).toBeUndefined(); // kept back: it does not join
  world.core.cancel(waiter, 0);
  expect(world.core.take("a", 0)?.leases).toBe(2);
});

test("one that is kept back is shared by a borrower of its own key who came before", () => {
  const world = new World(1, 2);
  world.acquire("a");
  world.acquire("a");
  world.acquire("a"); // waits, and came first
  world.acquire("b");
  world.acquire("a"); // came later
  world.release("a");
  expect([world.waiting.get("a"), world.waiting.get("b")]).toEqual([1, 1]);
  world.release("a");
  expect([world.waiting.get("a"), world.waiting.get("b")]).toEqual([1, 1]);
  world.release("a");
  expect([world.waiting.get("b"), world.held.get("b")?.length]).toEqual([0, 1]);
});
