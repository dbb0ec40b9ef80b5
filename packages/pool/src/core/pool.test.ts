/** Single transitions that the property test reaches too seldom. */
import { expect, test } from "vitest";
import type { PoolSink } from "./sink.js";
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
  const core = new PoolCore<string>({ ...DEFAULT_LIMITS, ...limits }, { isRetryable: () => true, backoffMs: () => 100, ageMs: () => limits.maxAgeMs ?? Infinity }, sink);
  const wait = (key: string, priority = 0) => core.wait(key, 1_000, priority, { lend: (slot) => void lent.push(slot), refuse: () => undefined }, 0);
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
  core.cancel(wait("c"), 0);
  expect(core.counts()).toMatchObject({ idle: 0, closing: 3, waiting: 2 });
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
  expect(core.counts()).toMatchObject({ closing: 1, total: 1 });
});

test("a borrower who leaves while its resource is checked leaves the resource to the next", () => {
  let leave: () => void = () => undefined;
  const { core, lent, wait, open } = setUp({ maxConnections: 1 }, () => (leave(), true));
  const slot = open("a");
  const first = wait("a");
  wait("a");
  leave = () => core.cancel(first, 0);
  core.release(slot, 1);
  expect(lent).toEqual([slot, slot]);
  expect(core.counts()).toMatchObject({ lent: 1, waiting: 0 });
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
    core.cancel(waiter, 0);
    core.failed(slots.at(-1)!, new Error("refused"), 0);
  }
  expect(core.counts()).toMatchObject({ total: 0, waiting: 0 });
  core.tick(0);
  expect(core.deadlineMs).toBe(Infinity);
});

test("maxPerKey counts what opens, and holds up nobody of another key", () => {
  const { core, calls, wait, open } = setUp({ maxConnections: 4, maxPerKey: 2 });
  const slot = open("a");
  wait("a");
  wait("a"); // one past the limit
  wait("b");
  expect(calls).toEqual(["connect a", "connect a", "connect b"]);
  core.destroy(slot, 0);
  expect(calls.filter((call) => call === "connect a").length).toBe(2); // a socket is a socket until it is closed
  core.gone(slot, 0);
  expect(calls.filter((call) => call === "connect a").length).toBe(3);
});

test("a place of its own key that is being freed is not freed for one at maxPerKey by closing another's", () => {
  const { core, calls, wait, open } = setUp({ maxConnections: 2, maxPerKey: 1 });
  const [a, b] = [open("a"), open("b")];
  core.release(b, 0);
  core.destroy(a, 0);
  wait("a");
  expect(calls).toEqual(["connect a", "connect b", "close a1"]);
});

test("higher priorities go first, maxOvertakes times before the same one and no more", () => {
  const { core, lent, wait, open } = setUp({ maxConnections: 1, maxOvertakes: 2 });
  const slot = open("a");
  const low = wait("a", 0);
  const first = wait("a", 1);
  const second = wait("a", 2);
  const third = wait("a", 3); // would go before `low` too, which was overtaken twice
  expect([low, first, second, third].map(({ overtaken }) => overtaken)).toEqual([2, 1, 0, 0]);
  const order = [second, first, low, third];
  for (const expected of order) {
    core.release(slot, 0);
    expect(order.filter(({ isQueued }) => !isQueued).at(-1)).toBe(expected);
  }
  expect(lent.length).toBe(5);
});

test("maxAgeMs closes what is idle in time, what is lent when it comes back, and is not lent a moment too late", () => {
  const { core, calls, open } = setUp({ maxAgeMs: 1_000, idleTimeoutMs: 5_000 });
  const [lent, idle] = [open("a"), open("a")];
  core.release(idle, 0);
  expect(core.deadlineMs).toBe(1_000);
  core.tick(999);
  expect(calls).toEqual(["connect a", "connect a"]);
  expect(core.take("a", 1_000)).toBeUndefined(); // before any tick
  expect(calls.at(-1)).toBe("close a2");
  core.tick(5_000);
  expect(core.counts().lent).toBe(1);
  core.release(lent, 5_000);
  expect(calls.at(-1)).toBe("close a1");
});

test("maxUses closes what was lent so often, and what goes from hand to hand counts", () => {
  const { core, calls, wait, open } = setUp({ maxUses: 2, maxConnections: 1, validateAfterIdleMs: Infinity });
  const slot = open("a");
  wait("a");
  core.release(slot, 0);
  expect([slot.state.kind, calls.length]).toEqual(["lent", 1]);
  core.release(slot, 0);
  expect(calls.at(-1)).toBe("close a1");
});

test("what is kept warm is opened unasked, left alone by eviction, replaced, and backs off even from hopeless failures", () => {
  const { core, calls, slots } = setUp({ idleTimeoutMs: 1_000, maxConnections: 3 });
  core.keepWarm("a", 2, 0);
  expect(calls).toEqual(["connect a", "connect a"]);
  core.connected(slots[0]!, "a1", 0);
  core.connected(slots[1]!, "a2", 0);
  core.tick(60_000);
  expect(core.counts()).toMatchObject({ idle: 2, total: 2 });
  core.ended(slots[0]!, 60_000);
  expect(calls).toEqual(["connect a", "connect a", "close a1", "connect a"]);
  core.failed(slots[2]!, new Error("refused"), 60_000);
  expect([calls.length, core.deadlineMs]).toEqual([4, 60_100]);
  core.tick(60_100);
  expect(calls.at(-1)).toBe("connect a");
});
