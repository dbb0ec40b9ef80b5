/** What is received, and where it waits. */
import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { rawSerializer, type ResilientSocket } from "../../src/resilient.js";
import { drain, failure, setUp, watch, steady } from "./fake-transport.js";

describe("receive()", () => {
  test("gives messages in order, over reconnects, and null after timeoutMs", async () => {
    const { socket, open, transport, pass } = setUp({ reconnect: steady });
    const link = await open();
    link.deliver(1, 2);
    link.close();
    expect([await socket.receive(), await socket.receive()]).toEqual([1, 2]); // also while there is no connection
    const next = watch(socket.receive());
    await pass(1_000);
    transport.last.deliver(3);
    await settle();
    expect(next).toEqual({ value: 3 });
    const late = watch(socket.receive({ timeoutMs: 100 }));
    await pass(99);
    expect(late).toEqual({});
    await pass(1);
    expect(late).toEqual({ value: null });
    expect(await socket.receive({ timeoutMs: 0 })).toBe(null);
  });

  test("ends with its signal, and leaves nothing behind", async () => {
    const { socket, open, clock } = setUp();
    const link = await open();
    const controller = new AbortController();
    const timers = clock.pending;
    const waiting = failure(socket.receive({ signal: controller.signal, timeoutMs: 1_000 }));
    await settle();
    controller.abort();
    expect(await waiting).toMatchObject({ code: "pool/aborted" });
    expect(await failure(socket.receive({ signal: controller.signal }))).toMatchObject({ code: "pool/aborted" });
    expect(clock.pending).toBe(timers);
    link.deliver(1);
    expect(await socket.receive()).toBe(1);
  });

  test("maxReceivers: at the limit they wait, one past it is refused", async () => {
    const { socket, open } = setUp({ maxReceivers: 2 });
    const link = await open();
    const waiting = [socket.receive(), socket.receive()];
    expect(await failure(socket.receive())).toMatchObject({ code: "pool/too-many-receivers" });
    link.deliver("a", "b");
    expect(await Promise.all(waiting)).toEqual(["a", "b"]);
  });

  test("before connect() it is refused", async () => {
    const { socket } = setUp();
    expect(await failure(socket.receive())).toMatchObject({ name: "InvalidStateError", currentState: "idle" });
  });

  test("after the end it throws the same error for ever, once what has come is taken", async () => {
    const { socket, open } = setUp();
    const link = await open();
    link.deliver(1);
    link.close(1008, "policy");
    expect(await socket.receive()).toBe(1);
    const error = await failure(socket.receive());
    expect(error).toMatchObject({ name: "ConnectionClosedError", closeCode: 1008 });
    expect(await failure(socket.receive())).toBe(error);
  });
});

describe("for await", () => {
  async function collect(socket: ResilientSocket): Promise<unknown[]> {
    const all: unknown[] = [];
    for await (const message of socket) all.push(message);
    return all;
  }

  test.each([1000, 1005])("ends after a clean %i, with all that came", async (code) => {
    const { socket, open } = setUp();
    const link = await open();
    link.deliver(1, 2);
    const all = collect(socket);
    await settle();
    link.deliver(3);
    link.close(code);
    expect(await all).toEqual([1, 2, 3]);
    expect(await collect(socket)).toEqual([]);
  });

  test("throws a typed error for any other end", async () => {
    const { socket, open } = setUp({ reconnect: false });
    const link = await open();
    const all = failure(collect(socket));
    link.close(1011, "crash");
    expect(await all).toMatchObject({ name: "ConnectionClosedError", closeCode: 1011, reason: "crash", wasClean: true });
  });

  test("ends after close() of this side, without what was not taken", async () => {
    const { socket, open } = setUp();
    const link = await open();
    link.deliver(1);
    void socket.close();
    link.answerClose();
    expect(await collect(socket)).toEqual([]);
  });
});

describe("message listeners", () => {
  test("take messages in place of receive(), with what travelled; rawMessage sees everything", async () => {
    const { socket, open } = setUp({ serializer: rawSerializer });
    const link = await open();
    const messages = vi.fn();
    const raw = vi.fn();
    link.deliverRaw("before");
    socket.on("message", messages).on("rawMessage", raw);
    link.deliverRaw("text", new Uint8Array([1]));
    expect(messages.mock.calls).toEqual([[{ data: "text", raw: "text" }], [{ data: new Uint8Array([1]), raw: new Uint8Array([1]) }]]);
    expect(raw.mock.calls).toEqual([[{ data: "text", opcode: 1 }], [{ data: new Uint8Array([1]), opcode: 2 }]]);
    expect(await drain(socket)).toEqual(["before"]);
    socket.off("message", messages);
    link.deliverRaw("after");
    expect(await drain(socket)).toEqual(["after"]);
  });

  test("what a listener throws goes to onError and ends nothing", async () => {
    const onError = vi.fn();
    const { socket, open } = setUp({ onError });
    const link = await open();
    const bug = new Error("bug");
    socket.on("message", () => {
      throw bug;
    });
    link.deliver(1, 2);
    expect(onError.mock.calls).toEqual([[bug, { event: "message" }], [bug, { event: "message" }]]);
    expect(socket.state).toBe("connected");
  });
});

describe("buffer", () => {
  test("pause: at capacity reading stops, at half it goes on, also on the next connection; nothing is lost", async () => {
    const { socket, open, transport, pass } = setUp<number>({ buffer: 4, reconnect: steady });
    const link = await open();
    link.deliver(1, 2, 3);
    expect(link.isReading).toBe(true);
    link.deliver(4, 5);
    expect(link.isReading).toBe(false);
    link.close();
    await pass(1_000);
    expect([transport.last.isReading, socket.stats().bufferFillRatio]).toEqual([false, 1]);
    transport.last.deliver(6);
    expect([await socket.receive(), transport.last.isReading]).toEqual([1, false]);
    expect([await socket.receive(), transport.last.isReading]).toEqual([2, true]);
    expect(await drain(socket)).toEqual([3, 4, 6]); // 5 was in no buffer of ours when the connection went
  });

  test("dropOldest and dropNewest: told once, counted", async () => {
    for (const [policy, left] of [["dropOldest", [3, 4]], ["dropNewest", [1, 2]]] as const) {
      const { socket, open, of } = setUp<number>({ buffer: { capacity: 2, policy } });
      (await open()).deliver(1, 2, 3, 4);
      expect(await drain(socket)).toEqual(left);
      expect(of("bufferOverflow")).toEqual([{ buffer: "received", capacity: 2, droppedCount: 1, policy }]);
      expect(socket.stats().dropped).toBe(2);
    }
  });

  test("conflate: the latest of each key", async () => {
    const { socket, open } = setUp<{ s: string; p: number }>({ buffer: { policy: "conflate", keyOf: ({ s }) => s } });
    (await open()).deliver({ s: "a", p: 1 }, { s: "b", p: 2 }, { s: "a", p: 3 });
    expect(await drain(socket)).toEqual([{ s: "a", p: 3 }, { s: "b", p: 2 }]);
    expect(socket.stats().conflated).toBe(1);
  });

  test("error: it reaches the consumer where messages are missing, and the loop may be begun again", async () => {
    const { socket, open } = setUp<number>({ buffer: { capacity: 2, policy: "error" } });
    const link = await open();
    link.deliver(1, 2, 3, 4);
    const seen: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const message of socket) seen.push(message);
    };
    expect(await failure(loop())).toMatchObject({ name: "BufferOverflowError", capacity: 2, dropped: 2 });
    link.deliver(5);
    link.close(1000);
    await loop();
    expect(seen).toEqual([1, 2, 5]);
  });
});

describe("pause() and resume()", () => {
  test("nothing is read meanwhile, on the next connection neither; what has come is still given out, and silence is no sign of death", async () => {
    const { socket, open, transport, pass } = setUp<number>({ reconnect: steady, heartbeat: { intervalMs: 10_000, timeoutMs: 500 } });
    const heard: number[] = [];
    const link = await open();
    link.deliver(1);
    socket.pause();
    link.deliver(2);
    expect([link.isReading, await drain(socket)]).toEqual([false, [1]]);
    await pass(10_000);
    await pass(10_000);
    expect(socket.state).toBe("connected");
    link.close();
    await pass(1_000);
    expect([socket.state, transport.last.isReading]).toEqual(["connected", false]);
    transport.last.deliver(3);
    socket.on("message", ({ data }) => heard.push(data));
    expect(heard).toEqual([]);
    socket.resume();
    expect([heard, transport.last.isReading]).toEqual([[3], true]);
  });

  test("resume() does not read on where the buffer is full", async () => {
    const { socket, open } = setUp<number>({ buffer: 1 });
    const link = await open();
    link.deliver(1);
    socket.pause();
    socket.resume();
    expect(link.isReading).toBe(false);
    expect(await drain(socket)).toEqual([1]);
    expect(link.isReading).toBe(true);
  });
});
