import { BufferOverflowError, ConnectionClosedError, ConnectionTimeoutError } from "@x/errors/pool";
import { describe, expect, test } from "vitest";
import type { MessageId } from "./events.js";
import { DEFAULT_OUTBOX, type OutboxLimits } from "./options.js";
import { Outbox } from "./outbox.js";

function setUp(limits: Partial<OutboxLimits> = {}) {
  const outbox = new Outbox({ ...DEFAULT_OUTBOX, capacity: 3, ...limits });
  const settled: string[] = [];
  const push = (id: MessageId, nowMs = 0, bytes = 10, named = true): number => outbox.push({
    payload: String(id), bytes, id: named ? id : undefined,
    resolve: () => void settled.push(`${id} done`),
    reject: (error) => void settled.push(`${id} ${error.name}`),
  }, nowMs);
  /** Sends all that is queued. */
  const send = (): string[] => {
    const sent: string[] = [];
    for (let message = outbox.peek(); message !== undefined; message = outbox.peek()) {
      outbox.sent(message);
      sent.push(String(message.payload));
    }
    return sent;
  };
  return { outbox, settled, push, send };
}

test("what has an id stays until it is acknowledged, in any order; what has none is gone when sent", () => {
  const { outbox, settled, push, send } = setUp();
  push(1);
  push(2, 0, 10, false);
  push(3);
  expect([outbox.queued, outbox.unacknowledged, outbox.bytes]).toEqual([3, 0, 30]);
  expect(outbox.acknowledge(1)).toBe(false); // not sent yet
  expect(send()).toEqual(["1", "2", "3"]);
  expect([outbox.queued, outbox.unacknowledged, outbox.bytes]).toEqual([0, 2, 20]);
  expect([outbox.acknowledge(3), outbox.acknowledge(3), outbox.acknowledge("x"), outbox.acknowledge(1)]).toEqual([true, false, false, true]);
  expect([settled, outbox.unacknowledged, outbox.bytes]).toEqual([["3 done", "1 done"], 0, 0]);
});

test("requeue() sends again what was not acknowledged, before what was not sent, in the order of send", () => {
  const { outbox, push, send } = setUp({ capacity: 10 });
  for (const id of [1, 2, 3]) push(id);
  send();
  outbox.acknowledge(2);
  push(4);
  expect(outbox.requeue()).toBe(2);
  expect([outbox.queued, outbox.unacknowledged]).toEqual([3, 0]);
  expect(send()).toEqual(["1", "3", "4"]);
  expect(outbox.requeue()).toBe(3);
});

test("an id that is in flight is refused, and free again afterwards", () => {
  const { outbox, push, send } = setUp();
  push("a");
  expect(() => push("a")).toThrow(expect.objectContaining({ code: "pool/duplicate-id" }) as Error);
  send();
  outbox.acknowledge("a");
  expect(push("a")).toBe(0);
});

describe("limits", () => {
  test("error: at the limit it takes, one past it throws", () => {
    const { outbox, push } = setUp();
    for (const id of [1, 2, 3]) expect(push(id)).toBe(0);
    expect(() => push(4)).toThrow(BufferOverflowError);
    expect([outbox.queued, outbox.dropped]).toEqual([3, 1]);
  });

  test("error: bytes count as well", () => {
    const { push } = setUp({ maxBytes: 20 });
    push(1);
    push(2, 0, 10);
    expect(() => push(3, 0, 1)).toThrow(expect.objectContaining({ code: "pool/buffer-overflow", capacity: 3, dropped: 1 }) as Error);
  });

  test("dropNewest: the message is refused, those before it stay", () => {
    const { outbox, settled, push, send } = setUp({ policy: "dropNewest" });
    for (const id of [1, 2, 3]) push(id);
    expect(push(4)).toBe(1);
    expect([settled, outbox.dropped]).toEqual([["4 BufferOverflowError"], 1]);
    expect(send()).toEqual(["1", "2", "3"]);
  });

  test("dropOldest: as many of the oldest as it takes, sent ones first", () => {
    const { settled, push, send } = setUp({ policy: "dropOldest", maxBytes: 30 });
    push(1);
    send();
    push(2);
    push(3);
    expect(push(4, 0, 20)).toBe(2);
    expect(settled).toEqual(["1 BufferOverflowError", "2 BufferOverflowError"]);
    expect(push(5, 0, 31)).toBe(1); // can never fit
    expect(send()).toEqual(["3", "4"]);
  });
});

test("ackTimeoutMs: at the time and not before, sent or not", () => {
  const { outbox, settled, push, send } = setUp({ ackTimeoutMs: 100 });
  push(1, 0);
  send();
  push(2, 50);
  push(3, 50, 10, false);
  expect(outbox.deadlineMs).toBe(100);
  outbox.tick(99);
  expect(settled).toEqual([]);
  outbox.tick(100);
  expect([settled, outbox.deadlineMs]).toEqual([["1 ConnectionTimeoutError"], 150]);
  outbox.tick(150);
  expect([settled.at(-1), outbox.deadlineMs, outbox.queued]).toEqual(["2 ConnectionTimeoutError", Infinity, 1]);
  expect(new ConnectionTimeoutError("", { operation: "ack" }).retryable).toBe(true);
});

test("forsake() takes what was sent, clear() takes all; nothing is left", () => {
  const { outbox, settled, push, send } = setUp();
  push(1);
  send();
  push(2);
  outbox.forsake(new ConnectionClosedError("lost"));
  expect([settled, outbox.queued]).toEqual([["1 ConnectionClosedError"], 1]);
  outbox.clear(new ConnectionClosedError("over"));
  expect([settled.at(-1), outbox.queued, outbox.bytes, outbox.peek()]).toEqual(["2 ConnectionClosedError", 0, 0, undefined]);
});
