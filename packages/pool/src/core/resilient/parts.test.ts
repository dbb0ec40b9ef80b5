/** The small parts: heartbeat, latency, window of ids, queue, and the options' numbers. */
import { describe, expect, test } from "vitest";
import { Fifo } from "./fifo.js";
import { Heartbeat, Latency } from "./heartbeat.js";
import { IdWindow } from "./id-window.js";
import { parseBuffer, parseHeartbeat, parseOutbox, parseSocketLimits, parseWindow } from "./options.js";

describe("Heartbeat", () => {
  const limits = { intervalMs: 100, timeoutMs: 40 };

  test("pings after silence, and is dead after silence again", () => {
    const heartbeat = new Heartbeat(limits, 0);
    expect([heartbeat.tick(99), heartbeat.tick(100), heartbeat.tick(139), heartbeat.tick(140)]).toEqual([undefined, "ping", undefined, "dead"]);
  });

  test("anything that arrives is a sign of life; only the answer measures", () => {
    const heartbeat = new Heartbeat(limits, 0);
    heartbeat.tick(100);
    heartbeat.alive(120);
    expect([heartbeat.tick(140), heartbeat.deadlineMs, heartbeat.pong(150), heartbeat.pong(160)]).toEqual([undefined, 220, 50, undefined]);
    expect(heartbeat.deadlineMs).toBe(260);
  });

  test("probe() asks at once, once, and never where heartbeats are off", () => {
    const heartbeat = new Heartbeat(limits, 0);
    expect([heartbeat.probe(10), heartbeat.probe(11), heartbeat.deadlineMs]).toEqual(["ping", undefined, 50]);
    const off = new Heartbeat({ intervalMs: Infinity, timeoutMs: 40 }, 0);
    expect([off.probe(10), off.deadlineMs]).toEqual([undefined, Infinity]);
  });
});

test("Latency: the last, and the mean of the last ten", () => {
  const latency = new Latency();
  expect([latency.lastMs, latency.averageMs]).toEqual([undefined, undefined]);
  for (let sample = 1; sample <= 12; sample++) latency.add(sample);
  expect([latency.lastMs, latency.averageMs]).toEqual([12, 7.5]);
});

test("IdWindow: knows the last so many, and no more; a duplicate refreshes its id", () => {
  const window = new IdWindow(2);
  expect([window.admit(1), window.admit("1"), window.admit(1), window.admit(2), window.admit(1), window.admit("1")]).toEqual([true, true, false, true, false, true]);
  expect(window.duplicates).toBe(2);
});

test("Fifo: order over many thousands, and what was taken is let go", () => {
  const fifo = new Fifo<number>();
  const out: (number | undefined)[] = [];
  for (let n = 0; n < 5_000; n++) {
    fifo.push(n);
    if (n % 3 !== 0) out.push(fifo.shift());
  }
  expect([fifo.size, fifo.last]).toEqual([5_000 - out.length, 4_999]);
  while (fifo.size > 0) out.push(fifo.shift());
  expect(out).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  expect([fifo.shift(), fifo.last]).toEqual([undefined, undefined]);
});

describe("options", () => {
  test("have defaults, and shorthands", () => {
    expect(parseSocketLimits({}, false)).toEqual({
      connectTimeoutMs: 10_000, openTimeoutMs: 30_000, closeTimeoutMs: 5_000, maxAgeMs: Infinity, maxAgeJitter: 0.1, overlapMs: 0, maxReceivers: 1_024,
    });
    expect(parseSocketLimits({}, true).overlapMs).toBe(1_000);
    expect(parseHeartbeat(undefined)).toEqual({ intervalMs: Infinity, timeoutMs: 10_000 });
    expect(parseHeartbeat(20_000)).toEqual({ intervalMs: 20_000, timeoutMs: 10_000 });
    expect(parseHeartbeat(4_000)).toEqual({ intervalMs: 4_000, timeoutMs: 2_000 });
    expect(parseBuffer(5, false)).toEqual({ capacity: 5, maxBytes: 16_777_216, policy: "pause" });
    expect(parseOutbox(true)).toEqual({ capacity: 1_000, maxBytes: 1_048_576, policy: "error", ackTimeoutMs: 30_000 });
    expect(parseOutbox(7).capacity).toBe(7);
    expect([parseOutbox(false).capacity, parseOutbox(undefined).capacity]).toEqual([0, 0]);
  });

  test.each([
    ["connectTimeoutMs is 0", () => parseSocketLimits({ connectTimeoutMs: 0 }, false)],
    ["openTimeoutMs is NaN", () => parseSocketLimits({ openTimeoutMs: Number.NaN }, false)],
    ["maxAgeMs is -1", () => parseSocketLimits({ maxAgeMs: -1 }, false)],
    ["maxAgeJitter is 1.1", () => parseSocketLimits({ maxAgeJitter: 1.1 }, false)],
    ["closeTimeoutMs is -1", () => parseSocketLimits({ closeTimeoutMs: -1 }, false)],
    ["maxReceivers is 0", () => parseSocketLimits({ maxReceivers: 0 }, false)],
    ["heartbeat.intervalMs is 0", () => parseHeartbeat(0)],
    ["heartbeat.timeoutMs is 0", () => parseHeartbeat({ intervalMs: 10, timeoutMs: 0 })],
    ["buffer.capacity is 1.5", () => parseBuffer(1.5, false)],
    ["buffer.maxBytes is 0", () => parseBuffer({ maxBytes: 0 }, false)],
    ["buffer.policy is conflate, must come with buffer.keyOf", () => parseBuffer({ policy: "conflate" }, false)],
    ["outbox.capacity is -1", () => parseOutbox(-1)],
    ["outbox.ack.timeoutMs is 0", () => parseOutbox({ ackTimeoutMs: 0 })],
    ["buffer.dedup.window is 0", () => parseWindow(0)],
  ])("refuses: %s", (message, parse) => {
    expect(parse).toThrow(expect.objectContaining({ name: "JetSocketError", code: "pool/invalid-option" }) as Error);
    expect(parse).toThrow(message);
  });
});
