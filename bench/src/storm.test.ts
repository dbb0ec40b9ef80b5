/** How a storm of reconnects is measured. */
import { expect, test } from "vitest";
import { busiest, RECONNECTING_CLIENTS, stormShare } from "./storm.js";
import { VirtualClock } from "./virtual-clock.js";

/** Numbers in [0, 1), the same each time. */
function steps(): () => number {
  let step = 0;
  return () => (step = (step + 0.618_033_988_749_895) % 1);
}

test("busiest() counts what falls into the fullest window, wherever it begins", () => {
  expect(busiest([], 100)).toBe(0);
  expect(busiest([0, 99, 100, 150, 199, 300], 100)).toBe(3);
  expect(busiest([5, 5, 5, 105], 100)).toBe(3);
});

test("stormShare(): jitter spreads; without it whole rounds come at once", async () => {
  const shares = new Map(await Promise.all(RECONNECTING_CLIENTS.map(async (client) => [client, await stormShare(client, steps(), 200)] as const)));
  expect(shares.get("the same without jitter")).toBeCloseTo(20, 6); // after 1, 3, 7, 15 and 31 s: five times everybody
  expect(shares.get("@x/pool reconnecting")).toBeLessThan(8);
  expect(shares.get("reconnecting-websocket's law")).toBeLessThan(8);
  expect(shares.get("partysocket's law")).toBeCloseTo(100 / 6, 6);
});

test("VirtualClock: calls in the order of time, and leaves out what was cleared", async () => {
  const clock = new VirtualClock();
  const called: number[] = [];
  for (const delayMs of [30, 10, 20, 10]) clock.setTimer(() => called.push(clock.now()), delayMs);
  clock.clearTimer(clock.setTimer(() => called.push(-1), 15));
  await clock.run(() => called.length === 4);
  expect(called).toEqual([10, 10, 20, 30]);
  await expect(clock.run(() => false)).rejects.toThrow("Nothing is due");
});
