/** What is sent, where it waits, and what is sent again. */
import { BufferOverflowError, ConnectionClosedError, InvalidMessageError, InvalidStateError } from "@x/errors/pool";
import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { rawSerializer, type ResilientSocketOptions } from "../../src/resilient.js";
import { drain, failure, setUp, watch, steady } from "./fake-transport.js";

describe("outbox", () => {
  test("without one, send() throws: in the wrong state, or with how the connection ended", async () => {
    const { socket, open } = setUp();
    expect(() => void socket.send(1)).toThrow(InvalidStateError);
    expect(socket.trySend(1)).toBe(false);
    (await open()).close(1012, "restart");
    expect(() => void socket.send(1)).toThrow(expect.objectContaining({ name: "ConnectionClosedError", closeCode: 1012, reason: "restart" }) as Error);
    await socket.close();
    expect(() => void socket.send(1)).toThrow(ConnectionClosedError);
  });

  test("what was lost before the present connection is not why nothing can be sent on it", async () => {
    const { socket, open, pass } = setUp({ reconnect: steady });
    (await open()).close(1012);
    await pass(1_000);
    void socket.close();
    expect(() => void socket.send(1)).toThrow(expect.objectContaining({ name: "InvalidStateError", currentState: "disconnecting" }) as Error);
  });

  test("with one, what is sent before and between connections leaves in order, and promises resolve then", async () => {
    const { socket, open, transport, pass } = setUp<unknown, string>({ outbox: true, reconnect: steady });
    const early = watch(socket.send("a"));
    void socket.send("b");
    expect([socket.trySend("no"), socket.stats().queued]).toEqual([false, 2]);
    const link = await open();
    await settle();
    expect([link.sentData, early]).toEqual([["a", "b"], { value: undefined }]);
    link.close();
    void socket.send("c");
    await pass(1_000);
    await socket.send("d");
    expect(transport.last.sentData).toEqual(["c", "d"]);
    expect(socket.stats()).toMatchObject({ queued: 0, messagesSent: 4, bytesSent: 12 });
  });

  test("a congested connection is not flooded", async () => {
    const { socket, transport, open } = setUp<unknown, number>({ outbox: true });
    for (const n of [1, 2, 3]) void socket.send(n);
    let drained: () => void = () => undefined;
    const connect = transport.connect.bind(transport);
    transport.connect = async (request) => {
      const link = await connect(request);
      const { last } = transport;
      const send = last.send.bind(last);
      last.isCongested = true;
      last.send = (data) => {
        void send(data);
        return new Promise((resolve) => (drained = resolve));
      };
      return link;
    };
    const link = await open();
    await settle();
    expect(link.sentData).toEqual([1]);
    expect(socket.trySend(9)).toBe(false);
    drained();
    await settle();
    expect(link.sentData).toEqual([1, 2]);
  });

  test("policies: error throws at the limit, the others tell whose message is lost", async () => {
    const strict = setUp<unknown, number>({ outbox: 1 }).socket;
    void strict.send(1);
    expect(() => void strict.send(2)).toThrow(BufferOverflowError);
    const { socket, of } = setUp<unknown, number>({ outbox: { capacity: 1, policy: "dropOldest" } });
    const first = failure(socket.send(1));
    void socket.send(2);
    expect(await first).toBeInstanceOf(BufferOverflowError);
    expect(of("bufferOverflow")).toEqual([{ buffer: "outgoing", capacity: 1, droppedCount: 1, policy: "dropOldest" }]);
    expect(socket.stats().outgoingDropped).toBe(1);
  });

  test("close() refuses what was not sent; nobody has to await it", async () => {
    const { socket } = setUp({ outbox: true });
    const sent = failure(socket.send(1));
    void socket.send(2);
    await socket.close();
    expect(await sent).toMatchObject({ name: "ConnectionClosedError", closeCode: 1000 });
    expect(socket.stats().queued).toBe(0);
  });

  test("what cannot be serialised is refused at once", async () => {
    const { socket, open } = setUp();
    await open();
    for (const bad of [undefined, 1n, () => 1]) expect(() => void socket.send(bad)).toThrow(InvalidMessageError);
    const raw = setUp({ serializer: rawSerializer, outbox: true }).socket;
    expect(() => void raw.send({})).toThrow(InvalidMessageError);
  });
});

interface Order {
  readonly id: number;
}
const acked: ResilientSocketOptions<Order, Order> = {
  reconnect: steady,
  outbox: {
    capacity: 10,
    ack: { idOf: ({ id }) => id, ackOf: (message) => (typeof message === "object" && message !== null && "ack" in message && typeof message.ack === "number" ? message.ack : undefined), timeoutMs: 5_000 },
  },
};

describe("acknowledgements", () => {
  test("send() resolves with them; they are not handed on", async () => {
    const { socket, open } = setUp<Order, Order>(acked);
    const link = await open();
    const sent = watch(socket.send({ id: 1 }));
    await settle();
    expect([sent, socket.stats().unacknowledged]).toEqual([{}, 1]);
    link.deliver({ ack: 7 }, { id: 100 }, { ack: 1 });
    await settle();
    expect([sent, socket.stats().unacknowledged]).toEqual([{ value: undefined }, 0]);
    expect(await drain(socket)).toEqual([{ id: 100 }]);
    expect(() => [socket.send({ id: 2 }), socket.send({ id: 2 })]).toThrow(expect.objectContaining({ code: "pool/duplicate-id" }) as Error);
  });

  test("what is not acknowledged is sent again, before what waits, in order; told as a replay", async () => {
    const { socket, open, transport, pass, of } = setUp<Order, Order>(acked);
    const link = await open();
    for (const id of [1, 2, 3]) void socket.send({ id });
    link.deliver({ ack: 2 });
    link.close();
    void socket.send({ id: 4 });
    await pass(1_000);
    expect(transport.last.sentData).toEqual([{ id: 1 }, { id: 3 }, { id: 4 }]);
    expect(of("replayStarted")).toEqual([{ mode: "unacknowledged", lastSequenceId: undefined, messageCount: 2 }]);
    expect(of("replayCompleted")).toEqual([{ mode: "unacknowledged", replayedCount: 2, durationMs: 0 }]);
    transport.last.deliver({ ack: 1 }, { ack: 3 }, { ack: 4 });
    expect(socket.stats()).toMatchObject({ unacknowledged: 0, queued: 0 });
  });

  test("unacknowledged: false: their senders learn that nobody knows", async () => {
    const { socket, open, transport, pass } = setUp<Order, Order>({ ...acked, replay: { unacknowledged: false } });
    const link = await open();
    const sent = failure(socket.send({ id: 1 }));
    link.close(1012);
    expect(await sent).toMatchObject({ name: "ConnectionClosedError", closeCode: 1012 });
    await pass(1_000);
    expect(transport.last.sent).toEqual([]);
  });

  test("ack.timeoutMs covers waiting for a connection, too", async () => {
    const { socket, transport, open, pass } = setUp<Order, Order>(acked);
    const link = await open();
    const sent = failure(socket.send({ id: 1 }));
    transport.answers = ["hang"];
    link.close();
    await pass(4_999);
    expect(socket.stats().queued).toBe(1);
    await pass(1);
    expect(await sent).toMatchObject({ name: "ConnectionTimeoutError", operation: "ack", afterMs: 5_000 });
  });

  test("renewal: while the old connection may still acknowledge, nothing is sent twice or out of order", async () => {
    const { socket, open, transport, pass } = setUp<Order, Order>({ ...acked, maxAgeMs: 1_000, maxAgeJitter: 0, overlapMs: 200 });
    const old = await open();
    void socket.send({ id: 1 });
    void socket.send({ id: 2 });
    await pass(1_000);
    void socket.send({ id: 3 });
    expect(transport.last.sentData).toEqual([]);
    old.deliver({ ack: 1 });
    await pass(200);
    expect(transport.last.sentData).toEqual([{ id: 2 }, { id: 3 }]);
    transport.last.deliver({ ack: 2 }, { ack: 3 });
    await pass(800);
    expect([transport.links.length, socket.stats().unacknowledged]).toEqual([3, 0]);
  });

  test("renewal: once the old connection has acknowledged everything, there is no wait", async () => {
    const { socket, open, transport, pass } = setUp<Order, Order>({ ...acked, maxAgeMs: 1_000, maxAgeJitter: 0, overlapMs: 200 });
    const old = await open();
    void socket.send({ id: 1 });
    await pass(1_000);
    void socket.send({ id: 2 });
    old.deliver({ ack: 1 });
    await settle();
    expect(transport.last.sentData).toEqual([{ id: 2 }]);
  });
});

describe("onOpen and replay", () => {
  test("whoever hears of the end by the signal may close", async () => {
    const { socket, open, of } = setUp({ onOpen: ({ signal }) => signal.addEventListener("abort", () => void socket.close(1001)) });
    const link = await open();
    await settle();
    const waiting = failure(socket.receive());
    link.close();
    expect(await waiting).toMatchObject({ closeCode: 1001 });
    expect([socket.state, of("closed").length]).toEqual(["closed", 2]);
  });

  test("onOpen speaks first on every connection, renewals included", async () => {
    const reasons: string[] = [];
    const { socket, open, transport, pass } = setUp({
      reconnect: steady, outbox: true, maxAgeMs: 10_000, maxAgeJitter: 0,
      onOpen: async ({ reason, send }) => {
        reasons.push(reason);
        await send({ subscribe: reason });
      },
    });
    void socket.send("queued");
    const link = await open();
    void socket.send("later");
    await settle();
    expect(link.sentData).toEqual([{ subscribe: "connect" }, "queued", "later"]);
    link.close();
    await pass(1_000);
    await pass(10_000);
    expect(reasons).toEqual(["connect", "reconnect", "renew"]);
    expect(transport.last.sentData).toEqual([{ subscribe: "renew" }]);
  });

  test("onReplay asks for what follows the last sequence id, before anything that waits", async () => {
    const { socket, open, transport, pass, of } = setUp<Order>({
      reconnect: steady, outbox: true,
      replay: { sequenceIdOf: ({ id }) => id, onReplay: ({ lastSequenceId, send }) => send({ from: lastSequenceId }) },
    });
    const link = await open();
    link.deliver({ id: 41 }, { id: 42 });
    expect([socket.lastSequenceId, link.sentData]).toEqual([42, []]);
    link.close();
    void socket.send("queued");
    await pass(1_000);
    expect(transport.last.sentData).toEqual([{ from: 42 }, "queued"]);
    expect(of("replayStarted")).toEqual([{ mode: "sequenceId", lastSequenceId: 42, messageCount: 0 }]);
    expect(of("replayCompleted")).toEqual([{ mode: "sequenceId", replayedCount: 1, durationMs: 0 }]);
    transport.last.deliver({ id: 42 }, { id: 43 }); // the server starts one early
    expect(await drain(socket)).toEqual([{ id: 41 }, { id: 42 }, { id: 43 }]);
  });

  test("without a sequence id there is nothing to ask for", async () => {
    const onReplay = vi.fn();
    const { open, pass } = setUp<Order>({ reconnect: steady, replay: { sequenceIdOf: ({ id }) => id, onReplay } });
    (await open()).close();
    await pass(1_000);
    expect(onReplay).not.toHaveBeenCalled();
  });

  test("what a hook throws is an error event, and messages flow on", async () => {
    const bug = new Error("bug");
    const { socket, open, of } = setUp({ outbox: true, onOpen: () => Promise.reject(bug) });
    const link = await open();
    void socket.send(1);
    await settle();
    expect([of("error"), link.sentData]).toEqual([[{ error: bug, fatal: false }], [1]]);
  });

  test("a hook's signal ends with its connection, and its failure then is no news", async () => {
    let signal: AbortSignal | undefined;
    const { open, of } = setUp({ onOpen: async (context) => {
      signal = context.signal;
      await settle();
      await context.send("too late");
    } });
    const link = await open();
    link.close();
    await settle(8);
    expect([signal?.aborted, of("error")]).toEqual([true, []]);
  });
});
