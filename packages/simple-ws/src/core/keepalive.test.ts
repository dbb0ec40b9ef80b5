import { expect, test } from "vitest";
import { Keepalive } from "./keepalive.js";

test("Keepalive pings after the interval and gives up after the timeout, no earlier (§5.5.2)", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 1_000, pingTimeoutMs: 300, idleTimeoutMs: 0 }, 0);
  expect(keepalive.deadlineMs).toBe(1_000);
  expect(keepalive.tick(999)).toBe("wait");
  expect(keepalive.tick(1_000)).toBe("ping");
  expect(keepalive.deadlineMs).toBe(1_300);
  expect(keepalive.tick(1_299)).toBe("wait");
  expect(keepalive.tick(1_300)).toBe("timeout");
});

test("Keepalive: whatever is heard counts as life", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 1_000, pingTimeoutMs: 300, idleTimeoutMs: 0 }, 0);
  keepalive.heard(500);
  expect(keepalive.tick(1_499)).toBe("wait");
  expect(keepalive.tick(1_500)).toBe("ping");
  keepalive.heard(1_799); // data, not a Pong
  expect(keepalive.deadlineMs).toBe(2_799);
  expect(keepalive.tick(1_800)).toBe("wait");
});

test("Keepalive heard in the very millisecond of its ping is alive", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 100, pingTimeoutMs: 50, idleTimeoutMs: 0 }, 0);
  expect(keepalive.tick(100)).toBe("ping");
  keepalive.heard(100);
  expect(keepalive.tick(150)).toBe("wait");
});

test("Keepalive with a timeout of 0 pings for ever", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 1_000, pingTimeoutMs: 0, idleTimeoutMs: 0 }, 0);
  expect([1_000, 2_000, 3_000].map((nowMs) => keepalive.tick(nowMs))).toEqual(["ping", "ping", "ping"]);
});

test("Keepalive tells how long the last sign of life took after a Ping", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 1_000, pingTimeoutMs: 500, idleTimeoutMs: 0 }, 0);
  expect(keepalive.latencyMs).toBeUndefined();
  keepalive.tick(1_000);
  keepalive.heard(1_042);
  keepalive.heard(1_500); // answers nothing
  expect(keepalive.latencyMs).toBe(42);
});

test("Keepalive: only messages put off the idle timeout, with Pings and without", () => {
  const pinging = new Keepalive({ pingIntervalMs: 400, pingTimeoutMs: 100, idleTimeoutMs: 1_000 }, 0);
  expect(pinging.tick(400)).toBe("ping");
  pinging.heard(410);
  pinging.received(500);
  expect(pinging.tick(810)).toBe("ping");
  pinging.heard(820);
  expect(pinging.tick(1_499)).toBe("ping");
  expect(pinging.tick(1_500)).toBe("idle");
  const silent = new Keepalive({ pingIntervalMs: 0, pingTimeoutMs: 0, idleTimeoutMs: 1_000 }, 0);
  expect(silent.deadlineMs).toBe(1_000);
  expect(silent.tick(999)).toBe("wait");
  expect(silent.tick(1_000)).toBe("idle");
});

test("Keepalive: what the peer could not be heard saying is no fault of its", () => {
  const keepalive = new Keepalive({ pingIntervalMs: 400, pingTimeoutMs: 100, idleTimeoutMs: 1_000 }, 0);
  expect(keepalive.tick(400)).toBe("ping");
  keepalive.resumed(5_000); // nothing was read meanwhile
  expect(keepalive.latencyMs).toBeUndefined();
  expect(keepalive.deadlineMs).toBe(5_400);
  expect(keepalive.tick(5_400)).toBe("ping");
  keepalive.heard(5_450);
  expect(keepalive.tick(5_999)).toBe("ping");
  expect(keepalive.tick(6_000)).toBe("idle");
});
