/** Faults that JetSocket 0.1 was seen to have, each with the test that it is not here. Those that need a network are in live.test.ts. */
import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { drain, failure, REFUSED, setUp, steady, watch } from "./fake-transport.js";

interface Seq {
  readonly seq: number;
}

describe("connection", () => {
  test("a loop and a pending receive() hung for ever after the server closed with reconnect: false", async () => {
    const { socket, open } = setUp({ reconnect: false });
    const link = await open();
    const pending = failure(socket.receive());
    const seen: unknown[] = [];
    const loop = watch((async () => {
      for await (const message of socket) seen.push(message);
    })());
    link.close(1000);
    await settle();
    expect(await pending).toMatchObject({ closeCode: 1000 });
    expect(loop).toEqual({ value: undefined });
  });

  test("a loop and a pending receive() hung for ever after a local close()", async () => {
    const { socket, open } = setUp();
    const link = await open();
    const pending = failure(socket.receive());
    const seen: unknown[] = [];
    const loop = watch((async () => {
      for await (const message of socket) seen.push(message);
    })());
    void socket.close();
    link.answerClose();
    await settle();
    expect(await pending).toMatchObject({ closeCode: 1000 });
    expect(loop).toEqual({ value: undefined });
  });

  test("cancelling a pending receive() was swallowed", async () => {
    const { socket, open } = setUp();
    await open();
    const controller = new AbortController();
    const pending = failure(socket.receive({ signal: controller.signal }));
    await settle();
    controller.abort("mine");
    expect(await pending).toMatchObject({ code: "pool/aborted", cause: "mine" });
    expect(socket.state).toBe("connected");
  });

  test("run() returned after the first reconnect, and needed a connect() before it", async () => {
    const { socket, transport, pass } = setUp({ reconnect: steady });
    const running = watch(socket.run());
    await settle();
    expect(socket.state).toBe("connected");
    for (let round = 0; round < 3; round++) {
      transport.last.close();
      await pass(4_000);
    }
    expect([socket.state, running]).toEqual(["connected", {}]);
  });

  test("a local close told `disconnected` with 1006 and `closed` twice", async () => {
    const { socket, open, of } = setUp();
    const link = await open();
    void socket.close(1001, "bye");
    link.answerClose();
    await settle();
    expect([of("disconnected"), of("closed")]).toEqual([[{ code: 1001, reason: "bye", wasClean: true }], [{ code: 1001, reason: "bye", reconnecting: false }]]);
  });

  test("maxAgeMs and heartbeat timeouts left the old connection open", async () => {
    const { socket, open, transport, pass } = setUp({ maxAgeMs: 10_000, maxAgeJitter: 0, heartbeat: { intervalMs: 8_000, timeoutMs: 1_000 }, reconnect: steady });
    const first = await open();
    first.deliver(1);
    await pass(8_000);
    first.pong();
    await settle();
    await pass(2_000);
    expect(first.ended).toEqual({ code: 1000, reason: "renewed" });
    const second = transport.last;
    await pass(8_000);
    await pass(1_000);
    expect(second.ended).toBe("cut");
    await pass(1_000);
    expect([socket.state, transport.links.length]).toEqual(["connected", 3]);
  });

  test("connect() to a dead host never returned", async () => {
    const { socket, transport, pass } = setUp({ reconnect: steady });
    transport.answers = [REFUSED];
    const connecting = watch(socket.connect());
    for (let second = 0; second < 31; second++) await pass(1_000);
    expect(connecting.error).toBe(REFUSED);
  });

  test("looping over an idle connection ran out of stack", async () => {
    const { socket, open, clock } = setUp();
    const link = await open();
    const loop = (async () => {
      for await (const message of socket) return message;
      return undefined;
    })();
    clock.advance(100_000_000);
    for (let round = 0; round < 5_000; round++) {
      const idle = socket.receive({ timeoutMs: 1 });
      clock.advance(1);
      expect(await idle).toBe(null);
    }
    link.deliver("at last");
    expect(await loop).toBe("at last");
  });
});

describe("policies", () => {
  test("attempts counted over the whole life, and delays stayed at the cap", async () => {
    const { socket, open, transport, pass, of } = setUp({ reconnect: { ...steady, attempts: 3, resetAfterMs: 1_000 } });
    await open();
    for (let life = 0; life < 10; life++) {
      await pass(1_000);
      transport.last.close();
      await pass(1_000);
    }
    expect(socket.state).toBe("connected");
    expect(new Set(of("reconnecting").map((payload) => (payload as { delayMs: number }).delayMs))).toEqual(new Set([1_000]));
  });

  test("fatal close codes had no effect", async () => {
    for (const code of [1008, 4401, 4403]) {
      const { socket, open } = setUp();
      (await open()).close(code);
      expect(socket.state).toBe("failed");
    }
  });

  test("invalid transitions were allowed silently, and a closed or failed socket could not be used again", async () => {
    const { socket, open } = setUp({ reconnect: false });
    (await open()).close();
    await socket.connect();
    expect(await failure(socket.connect())).toMatchObject({ code: "pool/invalid-state", currentState: "connected" });
  });

  test("a heartbeat shorter than ten seconds was refused", () => {
    expect(setUp({ heartbeat: 5_000 }).socket.state).toBe("idle");
  });

  test("application pings were never sent", async () => {
    const { open, pass } = setUp({ heartbeat: { intervalMs: 1_000, ping: '"ping"', isPong: (data) => data === '"pong"' } });
    const link = await open();
    await pass(1_000);
    expect([link.sentData, link.pings]).toEqual([["ping"], 0]);
  });
});

describe("messages", () => {
  test("a buffer had an effect only together with replay", async () => {
    const { socket, open } = setUp({ buffer: { capacity: 2, policy: "dropOldest" } });
    (await open()).deliver(1, 2, 3);
    expect(await drain(socket)).toEqual([2, 3]);
  });

  test("the queue behind receive() was unbounded: a slow consumer meant growth", async () => {
    const { socket, open } = setUp({ buffer: 10 });
    const link = await open();
    for (let n = 0; n < 1_000; n++) link.deliver(n);
    expect(socket.stats()).toMatchObject({ buffered: 10, dropped: 0 });
  });

  test("an overflow under the policy `error` was suppressed, and not counted", async () => {
    const { socket, open, of } = setUp({ buffer: { capacity: 1, policy: "error" } });
    (await open()).deliver(1, 2, 3);
    await socket.receive();
    expect(await failure(socket.receive())).toMatchObject({ name: "BufferOverflowError", dropped: 2 });
    expect([socket.stats().dropped, of("bufferOverflow").length]).toEqual([2, 1]);
  });

  test("duplicates were still delivered", async () => {
    const { socket, open } = setUp<Seq>({ buffer: { dedup: { idOf: ({ seq }) => seq } } });
    const link = await open();
    link.deliver({ seq: 1 }, { seq: 1 });
    const listener = vi.fn();
    expect(await drain(socket)).toEqual([{ seq: 1 }]);
    socket.on("message", listener);
    link.deliver({ seq: 1 });
    expect(listener).not.toHaveBeenCalled();
  });

  test("a full-buffer replay sent the received messages back to the server", async () => {
    const { open, transport, pass } = setUp<unknown, Seq>({ reconnect: steady, outbox: { ack: { idOf: ({ seq }) => seq, ackOf: () => undefined } } });
    const link = await open();
    link.deliver({ received: 1 }, { received: 2 });
    link.close();
    await pass(1_000);
    expect(transport.last.sent).toEqual([]);
  });

  test("`strict` had no effect: bad messages were skipped, and receive() waited on", async () => {
    const { socket, open } = setUp();
    (await open()).deliverRaw("{");
    expect(await failure(socket.receive())).toMatchObject({ name: "InvalidMessageError" });
  });
});
