/** Single transitions that the property test reaches too seldom. */
import { expect, test } from "vitest";
import type { PoolSink } from "./lending.js";
import { DEFAULT_LIMITS, type PoolLimits } from "./options.js";
import { PoolCore } from "./pool.js";
import type { Slot } from "./slot.js";

/** A machine whose calls are written down. */
function setUp(limits: Partial<PoolLimits>, check: (slot: Slot<string>) => boolean | undefined = () => true) {
  const calls: string[] = [];
  const slots: Slot<string>[] = [];
  const lent: Slot<string>[] = [];
  const sink: PoolSink<string> = {
    connect: (slot) => {
      slots.push(slot);
      calls.push(`connect ${slot.shelf.key}`);
    },
    check: (slot) => check(slot),
    abandon: () => void calls.push("abandon"),
    close: (_, resource) => void calls.push(`close ${resource}`),
    writtenOff: () => void calls.push("written off"),
    wake: () => undefined,
    emptied: () => void calls.push("emptied"),
  };
  const core = new PoolCore<string>({ ...DEFAULT_LIMITS, ...limits }, { isRetryable: () => true, backoffMs: () => 100 }, sink);
  const wait = (key: string) => core.wait(key, 1_000, { lend: (slot) => void lent.push(slot), refuse: () => undefined }, 0);
  /** Opens a connection for a borrower, who holds it. */
  const open = (key: string): Slot<string> => {
    wait(key);
    const slot = slots.at(-1)!;
    core.connected(slot, `${key}${slots.length}`, 0);
    return slot;
  };
  return { core, calls, slots, lent, wait, open };
}

test("two borrowers of one new key at the limit: one idle connection of another key is closed for each, and no more", () => {
  const { core, calls, wait, open } = setUp({ maxConnections: 3 });
  for (const slot of [open("a"), open("a"), open("a")]) core.release(slot, 0);
  wait("b");
  expect(calls.filter((call) => call.startsWith("close"))).toEqual(["close a1"]);
  wait("b");
  expect(calls.filter((call) => call.startsWith("close"))).toEqual(["close a1", "close a2"]);
  core.cancel(wait("c"));
  expect(core.stats()).toMatchObject({ idle: 0, closing: 3, waiting: 2 });
});

test("a place that is being freed is not freed twice for one borrower", () => {
  const { core, calls, wait, open } = setUp({ maxConnections: 2 });
  for (const slot of [open("a"), open("a")]) core.release(slot, 0);
  wait("b");
  core.tick(10); // dispatches again
  core.tick(20);
  expect(calls.filter((call) => call.startsWith("close"))).toEqual(["close a1"]);
});

test("a check that says no later lets the borrower have a new connection at once", () => {
  const { core, calls, wait, open } = setUp({ maxConnections: 2 }, () => undefined);
  const slot = open("a");
  core.release(slot, 0);
  expect(core.take("a", 5)).toBeUndefined();
  wait("a");
  expect(calls).toEqual(["connect a"]); // the check is on its way to the borrower
  core.checked(slot, false, 10);
  expect(calls).toEqual(["connect a", "close a1", "connect a"]);
});

test("a check that says yes later is void when the resource has ended meanwhile", () => {
  const { core, calls, lent, wait, open } = setUp({}, () => undefined);
  const slot = open("a");
  core.release(slot, 0);
  core.take("a", 5);
  wait("a");
  core.ended(slot, 6);
  core.checked(slot, true, 10);
  expect(lent.length).toBe(1);
  expect(calls).toContain("close a1");
});

test("a check may close the pool: its resource is closed, not lent", () => {
  const { core, calls, open } = setUp({}, () => {
    core.close(5, 5);
    return true;
  });
  core.release(open("a"), 0);
  expect(core.take("a", 5)).toBeUndefined();
  expect(calls).toEqual(["connect a", "close a1", "abandon"]);
  expect(core.stats()).toMatchObject({ closing: 1, total: 1 });
});

test("a borrower who leaves while its resource is checked leaves the resource to the next", () => {
  let leave: () => void = () => undefined;
  const { core, lent, wait, open } = setUp({ maxConnections: 1 }, () => (leave(), true));
  const slot = open("a");
  const first = wait("a");
  wait("a");
  leave = () => core.cancel(first);
  core.release(slot, 1);
  expect(lent).toEqual([slot, slot]);
  expect(core.stats()).toMatchObject({ lent: 1, waiting: 0 });
});

test("attempts that fail together back off once", () => {
  const { core, calls, slots, wait } = setUp({ maxConnections: 2 });
  wait("a");
  wait("a");
  for (const slot of [...slots]) core.failed(slot, new Error("refused"), 0);
  expect(slots[0]?.shelf.failures).toBe(1);
  core.tick(99);
  expect(calls.length).toBe(2);
  core.tick(100);
  expect(calls.length).toBe(4);
});

test("keys without resources and waiters are forgotten", () => {
  const { core, slots, wait } = setUp({});
  for (let index = 0; index < 100; index++) {
    const waiter = wait(`key ${index}`);
    core.cancel(waiter);
    core.failed(slots.at(-1)!, new Error("refused"), 0);
  }
  expect(core.stats()).toMatchObject({ total: 0, waiting: 0 });
  core.tick(0);
  expect(core.deadlineMs).toBe(Infinity);
});
