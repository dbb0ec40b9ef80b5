/** Reconnecting: when, how often, and that nothing is forgotten between two states. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs } from "./backoff.js";
import { ClientConnection, type ReconnectPolicy } from "./client-connection.js";

const policy: ReconnectPolicy = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 1,
  stableAfterMs: 5000,
  timeout: 20_000,
  retryIf: () => true,
  maxRetryAfterMs: 120_000,
};

function start(changes: Partial<ReconnectPolicy> = {}, random = () => 0) {
  const log: string[] = [];
  const connection = new ClientConnection({ ...policy, ...changes }, random, {
    startEngine: () => log.push("start"),
    stopEngine: () => log.push("stop"),
    onOpen: (attempt) => log.push(`open ${attempt}`),
    onError: (error, attempt) => log.push(`error ${attempt} ${error.message}`),
    onAttempt: (attempt) => log.push(`attempt ${attempt}`),
    onGiveUp: () => log.push("give up"),
    onClose: (reason) => log.push(`close ${reason}`),
    onDeadline: () => undefined,
  });
  return { connection, log, take: () => log.splice(0) };
}

describe("ClientConnection", () => {
  test("waits are exponential and capped; they begin anew only after a stable connection", () => {
    const { connection, take } = start();
    connection.open(0);
    const waits: number[] = [];
    let now = 0;
    for (let round = 0; round < 5; round++) {
      connection.failed(new Error("no"), now);
      waits.push(connection.deadlineMs - now);
      now = connection.deadlineMs;
      connection.tick(now);
    }
    expect(waits).toEqual([1000, 2000, 4000, 5000, 5000]);
    connection.opened();
    connection.answered(now);
    connection.answered(now + 4000); // by another namespace
    connection.lost("transport close", undefined, now + 4999);
    expect(connection.deadlineMs - (now + 4999)).toBe(5000);
    now = connection.deadlineMs;
    connection.tick(now);
    connection.opened();
    connection.answered(now);
    connection.lost("transport close", undefined, now + 5000);
    expect(connection.deadlineMs - (now + 5000)).toBe(1000);
    expect(take().slice(-4)).toEqual(["attempt 6", "start", "open 6", "close transport close"]);
  });

  test("reconnectionAttempts: that many, not one more", () => {
    const { connection, take } = start({ reconnectionAttempts: 2 });
    connection.open(0);
    connection.failed(new Error("first"), 0);
    for (const message of ["second", "third"]) {
      connection.tick(connection.deadlineMs);
      connection.failed(new Error(message), 0);
    }
    expect(take()).toEqual(["start", "error 0 first", "attempt 1", "start", "error 1 second", "attempt 2", "start", "error 2 third", "give up"]);
    expect([connection.kind, connection.deadlineMs]).toEqual(["closed", Infinity]);
  });

  test("an attempt ends after timeout, and what the engine says later does not count", () => {
    const { connection, take } = start({ timeout: 50 });
    connection.open(0);
    connection.tick(49);
    expect(take()).toEqual(["start"]);
    connection.tick(50);
    expect(take()).toEqual(["stop", "error 0 timeout"]);
    connection.opened();
    expect(take()).toEqual([]);
  });

  test("without reconnection, and for a first attempt that somebody waits for, one failure is the end", () => {
    for (const { connection, take } of [start({ reconnection: false }), start()]) {
      connection.open(0, false);
      connection.failed(new Error("no"), 0);
      expect(take()).toEqual(["start", "error 0 no"]);
      expect(connection.kind).toBe("closed");
    }
  });

  test("close() from each state leaves nothing running", () => {
    for (const prepare of [
      () => undefined,
      (connection: ClientConnection) => connection.open(0),
      (connection: ClientConnection) => {
        connection.open(0);
        connection.opened();
      },
      (connection: ClientConnection) => {
        connection.open(0);
        connection.failed(new Error("no"), 0);
      },
    ]) {
      const { connection } = start();
      prepare(connection);
      connection.close("forced close");
      connection.tick(1e9);
      expect([connection.kind, connection.deadlineMs]).toEqual(["closed", Infinity]);
    }
  });

  test("an application that closes in a callback is obeyed", () => {
    const log: string[] = [];
    const connection: ClientConnection = new ClientConnection(policy, () => 0, {
      startEngine: () => log.push("start"),
      stopEngine: () => undefined,
      onOpen: () => undefined,
      onError: () => connection.close("forced close"),
      onAttempt: () => undefined,
      onGiveUp: () => undefined,
      onClose: () => undefined,
      onDeadline: () => undefined,
    });
    connection.open(0);
    connection.failed(new Error("no"), 0);
    connection.tick(1e9);
    expect(log).toEqual(["start"]);
  });
});

test("a wait lies between nothing and the cap (full jitter), whatever is drawn (property)", () => {
  fc.assert(fc.property(fc.nat(2000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, drawn) => {
    const wait = backoffMs(policy, failures, () => drawn);
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(5000);
  }));
  expect(backoffMs({ ...policy, randomizationFactor: 0.5 }, 1, () => 1)).toBe(1000);
  expect(backoffMs({ ...policy, randomizationFactor: 0 }, 1, () => 0.7)).toBe(2000);
});
