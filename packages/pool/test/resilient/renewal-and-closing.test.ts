/** Connections that are replaced, and the end. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { failure, REFUSED, setUp, steady } from "./fake-transport.js";

describe("renewal", () => {
  const aged = { maxAgeMs: 1_000, maxAgeJitter: 0, reconnect: steady } as const;

  test("the new connection is open before the old one goes; nothing is told to be lost", async () => {
    const { socket, transport, open, pass, told, of } = setUp(aged);
    const old = await open();
    told.length = 0;
    await pass(999);
    expect(transport.links.length).toBe(1);
    transport.answers = ["hang"];
    await pass(1);
    expect([transport.requests[1]?.reason, socket.state, old.ended]).toEqual(["renew", "connected", undefined]);
    await socket.send("old");
    transport.release();
    await settle();
    expect([transport.links.length, old.ended, socket.state]).toEqual([2, { code: 1000, reason: "renewed" }, "connected"]);
    await socket.send("new");
    expect([old.sentData, transport.last.sentData]).toEqual([["old"], ["new"]]);
    old.answerClose();
    expect(told).toEqual([{ event: "renewed", payload: { url: "ws://fake/", ageMs: 1_000 } }]);
    expect(of("disconnected")).toEqual([]);
    expect(socket.stats()).toMatchObject({ renewals: 1, reconnects: 0, connectionAgeMs: 0, uptimeMs: 1_000 });
  });

  test("chance takes up to maxAgeJitter off", async () => {
    const { transport, open, pass } = setUp({ ...aged, maxAgeJitter: 0.5, random: () => 0.5 });
    await open();
    await pass(749);
    expect(transport.links.length).toBe(1);
    await pass(1);
    expect(transport.links.length).toBe(2);
  });

  test("with ids both are heard for overlapMs, and no message is lost or doubled", async () => {
    const { socket, transport, open, pass } = setUp<{ id: number }>({ ...aged, overlapMs: 200, buffer: { dedup: { idOf: ({ id }) => id } } });
    const old = await open();
    old.deliver({ id: 1 });
    await pass(1_000);
    const fresh = transport.last;
    fresh.deliver({ id: 2 });
    old.deliver({ id: 2 }, { id: 3 });
    fresh.deliver({ id: 3 });
    await pass(199);
    expect(old.ended).toBe(undefined);
    old.deliver({ id: 4 });
    await pass(1);
    expect(old.ended).toEqual({ code: 1000, reason: "renewed" });
    old.deliver({ id: 5 }); // not heard any more
    fresh.deliver({ id: 5 });
    const ids: number[] = [];
    for (let message = await socket.receive({ timeoutMs: 0 }); message !== null; message = await socket.receive({ timeoutMs: 0 })) ids.push(message.id);
    expect(ids).toEqual([1, 2, 3, 4, 5]);
    expect(socket.stats().duplicates).toBe(2);
  });

  test("a failed attempt is told and made again; the old connection serves on", async () => {
    const { socket, transport, open, pass, of } = setUp(aged);
    const old = await open();
    transport.answers = [REFUSED, "open"];
    await pass(1_000);
    expect([socket.state, old.ended, of("error")]).toEqual(["connected", undefined, [{ error: REFUSED, fatal: false }]]);
    await pass(1_000);
    expect([transport.links.length, old.ended]).toEqual([2, { code: 1000, reason: "renewed" }]);
  });

  test("when the old connection is lost meanwhile, the attempt under way takes its place at once", async () => {
    const { socket, transport, open, pass, of } = setUp(aged);
    const old = await open();
    transport.answers = ["hang"];
    await pass(1_000);
    old.close();
    expect(socket.state).toBe("connecting");
    transport.release();
    await settle();
    expect([socket.state, transport.requests.length]).toEqual(["connected", 2]);
    expect(of("reconnected")).toEqual([{ url: "ws://fake/", attempt: 1, downtimeMs: 0 }]);
  });

  test("an attempt that takes too long is abandoned", async () => {
    const { transport, open, pass, of, socket } = setUp({ ...aged, connectTimeoutMs: 100 });
    await open();
    transport.answers = ["hang", "open"];
    await pass(1_000);
    await pass(100);
    expect([transport.requests[1]?.signal.aborted, of("error").length, socket.state]).toEqual([true, 1, "connected"]);
  });
});

describe("close()", () => {
  test("is a handshake, told once, and idempotent", async () => {
    const { socket, open, told, clock } = setUp({ heartbeat: 1_000 });
    const link = await open();
    told.length = 0;
    const closings = [socket.close(4000, "bye"), socket.close(1000)];
    expect([socket.state, link.ended]).toEqual(["disconnecting", { code: 4000, reason: "bye" }]);
    link.answerClose();
    expect(await Promise.all(closings)).toEqual(Array(2).fill({ code: 4000, reason: "bye", wasClean: true, initiator: "local" }));
    expect(told.filter(({ event }) => event !== "stateChange")).toEqual([
      { event: "closing", payload: { code: 4000, reason: "bye", initiatedBy: "local" } },
      { event: "disconnected", payload: { code: 4000, reason: "bye", wasClean: true } },
      { event: "closed", payload: { code: 4000, reason: "bye", reconnecting: false } },
    ]);
    expect(clock.pending).toBe(0);
    expect(await socket.close()).toMatchObject({ code: 4000 });
  });

  test("closeTimeoutMs: then the connection is cut", async () => {
    const { socket, open, pass, clock } = setUp({ closeTimeoutMs: 100 });
    const link = await open();
    const closing = socket.close();
    await pass(99);
    expect([socket.state, link.isOver]).toEqual(["disconnecting", false]);
    await pass(1);
    expect(await closing).toEqual({ code: 1000, reason: "", wasClean: false, initiator: "local" });
    expect([socket.state, link.isOver, clock.pending]).toEqual(["closed", true, 0]);
  });

  test("ends an attempt, a wait, and what was never begun, at once", async () => {
    const { socket, transport, of, clock } = setUp();
    expect(await socket.close(1001)).toMatchObject({ code: 1001 });
    for (const answer of ["hang", REFUSED] as const) {
      transport.answers = [answer];
      const connecting = failure(socket.connect());
      await settle();
      expect(await socket.close()).toMatchObject({ code: 1000, initiator: "local" });
      expect(await connecting).toMatchObject({ name: "ConnectionClosedError", closeCode: 1000 });
    }
    expect([socket.state, clock.pending, of("closed").length]).toEqual(["closed", 0, 3]);
    transport.release();
    await settle();
    expect(transport.last.ended).toBe("cut");
  });

  test("tells how it ended, also where a listener connects again at once", async () => {
    const { socket, transport } = setUp();
    transport.answers = ["hang", "open"];
    void socket.connect().catch(() => undefined);
    await settle();
    socket.once("closed", () => void socket.connect());
    expect(await socket.close(1001)).toMatchObject({ code: 1001 });
    expect(socket.state).toBe("connected");
  });

  test("closes a connection that is being replaced, too", async () => {
    const { socket, transport, open, pass } = setUp({ maxAgeMs: 1_000, maxAgeJitter: 0, overlapMs: 5_000 });
    const old = await open();
    await pass(1_000);
    void socket.close();
    expect([old.ended, transport.last.ended]).toEqual([{ code: 1000, reason: "renewed" }, { code: 1000, reason: "" }]);
  });

  test.each([[1005, ""], [999, ""], [5000, ""], [1000.5, ""], [1000, "é".repeat(62)]])("refuses code %d with a reason of %s", (code, reason) => {
    expect(() => void setUp().socket.close(code, reason)).toThrow(expect.objectContaining({ code: "pool/invalid-option" }) as Error);
  });

  test("await using", async () => {
    const { socket, transport } = setUp();
    {
      await using used = socket;
      await used.connect();
      transport.last.end = function end(close) {
        this.ended = close ?? "cut";
        this.answerClose();
      };
    }
    expect(socket.state).toBe("closed");
  });
});
