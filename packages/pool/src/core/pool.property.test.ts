/**
 * The pool against a model: any order of intents, answers, faults and time keeps its promises (house invariants 1, 3, 7).
 */
import fc from "fast-check";
import { seededRandom } from "@x/testkit";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS, type PoolLimits } from "./options.js";
import type { PoolSink } from "./sink.js";
import { pickerOf, type PoolPick } from "./picking.js";
import { PoolCore } from "./pool.js";
import type { Slot } from "./slot.js";
import type { Waiter } from "./waiters.js";
import type { Warming } from "./warmth.js";

interface Resource {
  readonly key: string;
}
interface Warm {
  readonly deadlineMs: number;
  warming: Warming<Resource> | undefined;
  ends: number;
}
interface Borrow {
  readonly key: string;
  readonly sinceMs: number;
  readonly timeoutMs: number;
  readonly priority: number;
  waiter: Waiter<Resource> | undefined;
  slot: Slot<Resource> | undefined;
  refusal: unknown;
}

const anyPick = fc.constantFrom<PoolPick>("lastUsed", "lastUsed", "leastLoaded", "roundRobin", "powerOfTwo", () => 7);
const anyLimits: fc.Arbitrary<PoolLimits> = fc.record({
  maxConnections: fc.integer({ min: 1, max: 3 }), minIdle: fc.integer({ min: 0, max: 1 }), maxWaiting: fc.integer({ min: 0, max: 3 }),
  validateAfterIdleMs: fc.constantFrom(0, 0, 100, Infinity), maxPerKey: fc.constantFrom(1, 2, Infinity), maxOvertakes: fc.constantFrom(0, 1, 2, Infinity),
  maxAgeMs: fc.constantFrom(300, 2_000, Infinity), maxUses: fc.constantFrom(1, 3, Infinity),
  leasesPerConnection: fc.constantFrom(1, 1, 2, 3),
}).map((some) => ({ ...DEFAULT_LIMITS, connectTimeoutMs: 400, idleTimeoutMs: 1_000, closeTimeoutMs: 200, ...some }));

/** The real machine, and beside it everything the outside world knows. */
class World implements PoolSink<Resource> {
  nowMs = 0;
  readonly core: PoolCore<Resource>;
  readonly slots = new Set<Slot<Resource>>();
  readonly attempts: Slot<Resource>[] = [];
  readonly checks: { readonly slot: Slot<Resource>; readonly resource: Resource }[] = [];
  readonly closings: { readonly slot: Slot<Resource>; readonly resource: Resource }[] = [];
  readonly closed: Resource[] = [];
  readonly opened: Resource[] = [];
  readonly ended = new Set<Resource>();
  readonly borrows: Borrow[] = [];
  readonly warms: Warm[] = [];
  lends = 0;
  isEmptied = false;
  isClosing = false;
  isDraining = false;
  checkAnswer: boolean | undefined;
  readonly limits: PoolLimits;

  constructor(limits: PoolLimits, pick: PoolPick) {
    this.limits = limits;
    const random = seededRandom(1);
    this.core = new PoolCore(limits, { isRetryable: (error) => error !== "final", backoffMs: (failures) => failures * 50, ageMs: () => limits.maxAgeMs, pick: pickerOf(pick, random) }, this);
  }

  connect(slot: Slot<Resource>): void {
    this.attempts.push(slot);
    this.slots.add(slot);
    const { creating, waiting, target } = slot.shelf;
    expect(creating).toBeLessThanOrEqual(waiting + target); // no more attempts than borrowers to use them, and than are kept warm
  }
  check(slot: Slot<Resource>, resource: Resource): boolean | undefined {
    expect(this.closed).not.toContain(resource);
    if (this.checkAnswer === undefined) this.checks.push({ slot, resource });
    return this.checkAnswer;
  }
  abandon(): void {}
  close(slot: Slot<Resource>, resource: Resource): void {
    expect(this.closed).not.toContain(resource); // once per resource
    this.closed.push(resource);
    this.closings.push({ slot, resource });
  }
  writtenOff(): void {}
  wake(): void {}
  emptied(): void {
    expect(this.isEmptied).toBe(false);
    this.isEmptied = true;
  }

  /** A resource that ended by itself is never lent again. */
  #lend(borrow: Borrow, slot: Slot<Resource>): void {
    expect(slot.state.kind === "lent" && this.ended.has(slot.state.resource)).toBe(false);
    borrow.slot = slot;
    this.lends += 1;
  }

  warm(key: string, count: number, timeoutMs: number): void {
    const warm: Warm = { deadlineMs: this.nowMs + timeoutMs, warming: undefined, ends: 0 };
    this.warms.push(warm);
    const end = (): void => void (warm.ends += 1);
    try {
      warm.warming = this.core.warm(key, count, timeoutMs, { done: end, refuse: end }, this.nowMs);
    } catch {
      end();
    }
  }

  acquire(key: string, timeoutMs: number, priority: number): void {
    const borrow: Borrow = { key, priority, sinceMs: this.nowMs, timeoutMs, waiter: undefined, slot: undefined, refusal: undefined };
    try {
      const slot = this.core.take(key, this.nowMs);
      if (slot !== undefined) this.#lend(borrow, slot);
      else {
        borrow.waiter = this.core.wait(key, timeoutMs, priority, {
          lend: (slot) => {
            expect(borrow.slot ?? borrow.refusal).toBeUndefined();
            this.#lentInOrder(borrow);
            this.#lend(borrow, slot);
          },
          refuse: (error) => {
            expect(borrow.slot ?? borrow.refusal).toBeUndefined();
            borrow.refusal = error;
          },
        }, this.nowMs);
      }
    } catch (error) {
      borrow.refusal = error;
    }
    this.borrows.push(borrow);
  }
  /** Nobody of the same key overtakes anybody of the same priority or a higher one. */
  #lentInOrder(borrow: Borrow): void {
    const index = this.borrows.indexOf(borrow);
    const older = this.borrows.slice(0, Math.max(0, index)).filter((other) => other.key === borrow.key && other.waiter?.isQueued === true);
    expect(older.filter(({ priority }) => priority >= borrow.priority)).toEqual([]);
    for (const { waiter } of older) expect(waiter?.overtaken).toBeGreaterThan(0);
  }

  verify(): void {
    const stats = this.core.counts();
    const { creating, idle, lent, closing, total, leases, waiting } = stats;
    const { limits } = this;
    expect(creating + idle + lent + closing).toBe(total);
    expect(total).toBeLessThanOrEqual(limits.maxConnections);
    for (const { waiter } of this.borrows) expect(waiter?.overtaken ?? 0).toBeLessThanOrEqual(limits.maxOvertakes);
    expect(Math.max(0, ...this.warms.map(({ ends }) => ends))).toBeLessThanOrEqual(1);
    expect(Math.min(creating, idle, lent, closing)).toBeGreaterThanOrEqual(0);
    expect(waiting).toBe(this.borrows.filter(({ waiter }) => waiter?.isQueued).length);
    expect(waiting).toBeLessThanOrEqual(limits.maxWaiting + limits.maxConnections * limits.leasesPerConnection);
    const shelves = new Set([...this.slots].map(({ shelf }) => shelf));
    expect([...shelves].reduce((sum, shelf) => sum + shelf.idle.length, 0)).toBe(idle);
    for (const shelf of shelves) {
      for (const slot of shelf.idle) expect(slot.state.kind).toBe("idle");
      expect(shelf.slots).toBeLessThanOrEqual(limits.maxPerKey);
      if (shelf.waiting > 0 && shelf.creating === 0) expect(shelf.shared).toEqual([]);
      for (const slot of shelf.shared) expect([slot.state.kind, slot.brokenBy]).toEqual(["lent", undefined]);
      expect([shelf.slots, shelf.creating, shelf.closing].every((count) => count >= 0)).toBe(true);
      expect(shelf.ready).toBeGreaterThanOrEqual(shelf.idle.length);
      // Whoever warms is content as soon as there is enough, and what is to be warm is opened as soon as there is a place.
      if (shelf.lasting < shelf.target && shelf.closing === 0 && shelf.slots < limits.maxPerKey && total < limits.maxConnections && !this.isClosing && !this.isDraining) {
        expect(shelf.retryAtMs).toBeGreaterThan(this.nowMs);
      }
    }
    for (const { warming, ends } of this.warms) if (ends === 0 && warming !== undefined) expect(warming.shelf.ready).toBeLessThan(warming.count);
    // What is lent is open, lent as often as may be, and to somebody who asked for its key.
    const held = this.borrows.filter(({ slot }) => slot?.state.kind === "lent");
    expect(new Set(held.map(({ slot }) => slot)).size).toBe(lent);
    expect(held.length).toBe(leases);
    for (const { slot } of held) {
      const sharing = held.filter((other) => other.slot === slot).length;
      expect(sharing).toBe(slot?.leases);
      expect(sharing).toBeLessThanOrEqual(limits.leasesPerConnection);
      expect(slot?.uses).toBeLessThanOrEqual(limits.maxUses);
    }
    for (const { slot, key } of held) {
      if (slot?.state.kind !== "lent") continue;
      expect(slot.state.resource.key).toBe(key);
      expect(this.closed).not.toContain(slot.state.resource);
    }
    // Nothing that was opened is forgotten: it is lent, idle, being checked, or was told to close.
    const openNow = this.opened.filter((resource) => !this.closed.includes(resource)).length;
    const checking = this.checks.filter(({ slot, resource }) => slot.state.kind === "creating" && !this.closed.includes(resource)).length;
    expect(openNow).toBe(lent + idle + checking);
    // Nobody waits for nothing: the pool is at its limit, or an attempt is on its way to each waiter, or its key backs off.
    for (const { waiter } of this.borrows) {
      if (waiter?.isQueued !== true || total === limits.maxConnections || waiter.shelf.slots >= limits.maxPerKey || waiter.shelf.retryAtMs > this.nowMs) continue;
      expect(waiter.shelf.creating * limits.leasesPerConnection).toBeGreaterThanOrEqual(waiter.shelf.waiting);
    }
    if (this.isClosing || (this.isDraining && waiting === 0)) expect([waiting, idle, creating]).toEqual([0, 0, 0]);
    // What was done adds up to what is.
    const { created, acquired, evicted, keys } = this.core.stats(this.nowMs);
    expect([created - Object.values(evicted).reduce((sum, count) => sum + count), acquired]).toEqual([openNow, this.lends]);
    const names = ["creating", "idle", "lent", "closing", "waiting"] as const;
    expect(names.map((name) => [...keys.values()].reduce((sum, counts) => sum + counts[name], 0))).toEqual(names.map((name) => stats[name]));
  }

  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let wakes = 0; this.core.deadlineMs <= endMs; wakes++) {
      expect(wakes).toBeLessThan(200); // no tick asks for itself again
      this.nowMs = Math.max(this.nowMs, this.core.deadlineMs);
      this.core.tick(this.nowMs);
      this.verify();
    }
    this.nowMs = endMs;
    for (const { waiter, sinceMs, timeoutMs } of this.borrows) if (waiter?.isQueued === true) expect(sinceMs + timeoutMs).toBeGreaterThan(this.nowMs);
    for (const { deadlineMs, ends } of this.warms) if (ends === 0) expect(deadlineMs).toBeGreaterThan(this.nowMs);
  }
}

type Model = Record<string, never>;
class Step implements fc.Command<Model, World> {
  readonly #name: string;
  readonly #run: (world: World) => void;
  constructor(name: string, run: (world: World) => void) {
    [this.#name, this.#run] = [name, run];
  }
  check = (): boolean => true;
  run(_: Model, world: World): void {
    this.#run(world);
    world.verify();
  }
  toString(): string {
    return this.#name;
  }
}

/** Removes and returns the nth of the list, counted round. */
function takeNth<Item>(items: Item[], nth: number): Item | undefined {
  return items.length === 0 ? undefined : items.splice(nth % items.length, 1)[0];
}

const nth = fc.nat(20);
const key = fc.constantFrom("a", "a", "b");
const steps: fc.Arbitrary<fc.Command<Model, World>>[] = [
  fc.tuple(key, fc.integer({ min: 0, max: 1_000 }), fc.constantFrom(0, 0, 1, -1)).map(([name, timeoutMs, priority]) =>
    new Step(`acquire(${name}, ${timeoutMs}, ${priority})`, (world) => world.acquire(name, timeoutMs, priority))),
  fc.tuple(key, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 1_000 })).map(([name, count, timeoutMs]) =>
    new Step(`warm(${name}, ${count}, ${timeoutMs})`, (world) => world.warm(name, Math.min(count, world.limits.maxConnections, world.limits.maxPerKey), timeoutMs))),
  fc.nat(20).map((index) => new Step(`cancelWarming(${index})`, (world) => {
    const warm = world.warms.filter(({ ends }) => ends === 0)[index];
    if (warm?.warming === undefined) return;
    world.core.cancelWarming(warm.warming);
    warm.ends = 1;
  })),
  ...[1, 2].map(() => nth.map((index) => new Step(`connected(${index})`, (world) => {
    const slot = takeNth(world.attempts, index);
    if (slot === undefined) return;
    const resource: Resource = { key: slot.shelf.key };
    world.opened.push(resource);
    world.core.connected(slot, resource, world.nowMs);
  }))),
  fc.tuple(nth, fc.constantFrom("later", "later", "final")).map(([index, error]) => new Step(`failed(${index}, ${error})`, (world) => {
    const slot = takeNth(world.attempts, index);
    if (slot !== undefined) world.core.failed(slot, error, world.nowMs);
  })),
  fc.tuple(nth, fc.boolean()).map(([index, isFit]) => new Step(`checked(${index}, ${isFit})`, (world) => {
    const check = takeNth(world.checks, index);
    if (check !== undefined) world.core.checked(check.slot, isFit, world.nowMs);
  })),
  fc.constantFrom(true, true, false, undefined, undefined).map((answer) => new Step(`checks answer ${String(answer)}`, (world) => void (world.checkAnswer = answer))),
  fc.tuple(nth, fc.boolean()).map(([index, keep]) => new Step(`${keep ? "release" : "destroy"}(${index})`, (world) => {
    const held = world.borrows.filter(({ slot }) => slot?.state.kind === "lent");
    const borrow = held[index % Math.max(1, held.length)];
    if (borrow?.slot === undefined) return;
    const { slot } = borrow;
    borrow.slot = undefined;
    if (keep) world.core.release(slot, world.nowMs);
    else world.core.destroy(slot, world.nowMs);
  })),
  nth.map((index) => new Step(`ended(${index})`, (world) => {
    const resource = world.opened[index % Math.max(1, world.opened.length)];
    const slot = [...world.slots].find(({ state }) => "resource" in state && state.resource === resource);
    if (slot === undefined || resource === undefined) return;
    world.ended.add(resource);
    world.core.ended(slot, world.nowMs);
  })),
  nth.map((index) => new Step(`cancel(${index})`, (world) => {
    const waiting = world.borrows.filter(({ waiter }) => waiter?.isQueued);
    const borrow = waiting[index % Math.max(1, waiting.length)];
    if (borrow?.waiter === undefined) return;
    world.core.cancel(borrow.waiter, world.nowMs);
    borrow.refusal = "cancelled";
  })),
  nth.map((index) => new Step(`gone(${index})`, (world) => {
    const closing = takeNth(world.closings, index);
    if (closing !== undefined) world.core.gone(closing.slot, world.nowMs);
  })),
  fc.integer({ min: 0, max: 600 }).map((ms) => new Step(`advance(${ms})`, (world) => world.advance(ms))),
];
const close = fc.integer({ min: 0, max: 600 }).map((ms) => new Step(`close(${ms})`, (world) => {
  world.isClosing = true;
  world.core.close(world.nowMs, world.nowMs + ms);
}));

const drain = fc.integer({ min: 0, max: 2_000 }).map((ms) => new Step(`drain(${ms})`, (world) => {
  world.isDraining = true;
  world.core.drain(world.nowMs, world.nowMs + ms);
  if (world.core.counts().lent === 0 && world.core.counts().waiting === 0) world.isClosing = true;
}));

test("whatever happens in whatever order, counts add up, limits hold, nobody is overtaken, nothing leaks", () => {
  fc.assert(fc.property(anyLimits, anyPick, fc.commands(steps, { maxCommands: 60, size: "max" }), (limits, pick, commands) => {
    const world = new World(limits, pick);
    fc.modelRun(() => ({ model: {}, real: world }), commands);
    // Afterwards time alone settles everything: who waits is refused, attempts and closings are written off, surplus is evicted.
    world.advance(60_000);
    const { creating, closing, waiting } = world.core.counts();
    expect({ creating, closing, waiting }).toEqual({ creating: 0, closing: 0, waiting: 0 });
    expect(world.core.counts().idle).toBeLessThanOrEqual(limits.minIdle);
  }), { numRuns: 250 });
}, 60_000);

test("a closed pool ends empty, once, whatever was going on and whoever misbehaves", () => {
  fc.assert(fc.property(anyLimits, anyPick, fc.commands([...steps, close, drain], { maxCommands: 60, size: "max" }), (limits, pick, commands) => {
    const world = new World(limits, pick);
    fc.modelRun(() => ({ model: {}, real: world }), commands);
    world.isClosing = true;
    world.core.close(world.nowMs, world.nowMs + 100);
    world.verify();
    world.advance(60_000); // nobody gives anything back, no attempt or closing ever answers
    expect(world.core.counts()).toMatchObject({ total: 0, waiting: 0 });
    expect(world.isEmptied).toBe(true);
    expect(world.core.deadlineMs).toBe(Infinity);
    expect(world.opened.filter((resource) => !world.closed.includes(resource))).toEqual([]);
    expect(world.warms.every(({ ends }) => ends === 1)).toBe(true);
  }), { numRuns: 250 });
}, 60_000);
