/** Over connections of @x/simple-ws in memory, on a clock that is moved by hand: as applications test theirs. */
import { ManualClock, pair, type MemoryPair } from "@x/simple-ws/memory";
import { expect, test } from "vitest";
import { ResilientSocket, SimpleWsLink } from "../../src/resilient.js";

interface Memory {
  readonly socket: ResilientSocket;
  readonly clock: ManualClock;
  readonly pairs: readonly MemoryPair[];
  readonly last: () => MemoryPair;
  readonly pass: (ms: number) => Promise<void>;
}

function setUp(options: ConstructorParameters<typeof ResilientSocket>[1] = {}): Memory {
  const clock = new ManualClock();
  const pairs: MemoryPair[] = [];
  const connect = (): Promise<SimpleWsLink> => {
    const made = pair({ clock, pingIntervalMs: 0, closeTimeoutMs: 100 });
    pairs.push(made);
    return Promise.resolve(new SimpleWsLink(made.client));
  };
  const socket = new ResilientSocket("ws://memory/", { clock, transport: { connect }, reconnect: { jitter: 0 }, ...options });
  const last = (): MemoryPair => {
    const made = pairs.at(-1);
    if (made === undefined) throw new Error("no pair was made");
    return made;
  };
  return {
    socket, clock, pairs, last,
    pass: async (ms) => {
      clock.advance(ms);
      await pairs.at(-1)?.settle();
    },
  };
}

test("talks, reconnects after a cut, closes, and leaves no timer", async () => {
  const { socket, clock, pairs, last, pass } = setUp();
  await socket.connect();
  await socket.send({ hello: 1 });
  expect(await last().server.receive()).toBe('{"hello":1}');
  last().cut();
  await pass(0);
  expect(socket.state).toBe("backingOff");
  await pass(1_000);
  expect([socket.state, pairs.length]).toEqual(["connected", 2]);
  await last().server.send("[1]");
  expect(await socket.receive()).toEqual([1]);
  expect(await socket.close(4000, "bye")).toEqual({ code: 4000, reason: "bye", wasClean: true, initiator: "local" });
  await pass(0);
  expect([await last().server.closed, clock.pendingTimers]).toEqual([{ code: 4000, reason: "bye", wasClean: true, initiator: "remote" }, 0]);
});

test("a cable pulled is found out by the heartbeat, and a pong measures", async () => {
  const { socket, last, pass } = setUp({ heartbeat: { intervalMs: 1_000, timeoutMs: 500 } });
  await socket.connect();
  await pass(1_000);
  expect([socket.latencyMs, socket.state]).toEqual([0, "connected"]);
  last().faults.server.isSilent = true;
  await pass(1_000);
  await pass(500);
  expect([socket.state, socket.stats()]).toMatchObject(["backingOff", { errors: 1 }]);
  await pass(1_000);
  expect(socket.state).toBe("connected");
});

test("pressure is passed on: send() waits while the wire is slow", async () => {
  const { socket, last, pass } = setUp();
  await socket.connect();
  last().faults.client.latencyMs = 10_000;
  const sent = { isDone: false };
  void socket.send("x".repeat(200_000)).then(() => (sent.isDone = true));
  await pass(0);
  expect([sent.isDone, socket.trySend("more")]).toEqual([false, false]);
  await pass(10_000);
  expect([sent.isDone, socket.trySend("more")]).toEqual([true, true]);
  const lost = socket.send("y".repeat(200_000)).catch((error: unknown) => error);
  await pass(0);
  last().client.terminate();
  expect(await lost).toMatchObject({ name: "ConnectionClosedError", cause: { name: "ConnectionClosed" } });
});

test("a message that the connection can never take is refused, and does not hold up the next one", async () => {
  const { socket, last, pass } = setUp({ outbox: { maxBytes: 100_000_000 } });
  const big = socket.send("x".repeat(17_000_000)).catch((error: unknown) => error);
  const next = socket.send("next");
  await socket.connect();
  expect(await big).toMatchObject({ name: "BufferOverflowError", cause: { code: "simple-ws/buffer-full" } });
  await next;
  await pass(0);
  expect(await last().server.receive()).toBe('"next"');
  expect(() => void socket.send("x".repeat(17_000_000))).toThrow(expect.objectContaining({ name: "BufferOverflowError" }) as Error);
});
