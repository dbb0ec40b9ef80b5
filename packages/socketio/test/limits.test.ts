/** What clients may ask of the server, at each limit and one past it. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { RateLimited } from "../src/server.js";
import { join, world, type World } from "./memory-engine.js";

function codes({ failures }: World): unknown[] {
  return failures.map(({ error }) => (error as { code: unknown }).code);
}

test("maxSocketsPerNamespace: at the limit, one more, and one less again; other namespaces are not concerned", async () => {
  const at = world({ maxSocketsPerNamespace: 2 });
  at.server.of("/other");
  const { socket: first } = await join(at);
  await join(at);
  const refusals: unknown[] = [];
  const third = at.client({ reconnection: false });
  third.on("connect_error", (error) => void refusals.push([error.message, error.data]));
  const other = third.io.socket("/other");
  await settle();
  expect([third.connected, other.connected, refusals, codes(at)]).toEqual([false, true, [["Too many connections", { code: "socketio/too-many-connections" }]], ["socketio/too-many-connections"]]);
  first.disconnect();
  await settle();
  expect((await join(at)).socket.connected).toBe(true);
});

test("maxSocketsPerNamespace counts those whose middleware still runs", async () => {
  const at = world({ maxSocketsPerNamespace: 1 });
  at.server.use(() => undefined);
  at.client({ reconnection: false });
  const second = at.client({ reconnection: false });
  let message = "";
  second.on("connect_error", (error) => void (message = error.message));
  await settle();
  expect(message).toBe("Too many connections");
});

test("maxRoomsPerSocket counts a socket's own room while middleware still runs, too", async () => {
  const at = world({ maxRoomsPerSocket: 3 });
  const refused: unknown[] = [];
  at.server.use((socket, next) => {
    void socket.join(["a", "b"]);
    try {
      void socket.join("c");
    } catch (error) {
      refused.push((error as { code: unknown }).code);
    }
    next();
  });
  const { socket, peer } = await join(at);
  expect([refused, [...peer.rooms].sort(), socket.connected]).toEqual([["socketio/too-many-rooms"], [peer.id, "a", "b"].sort(), true]);
  expect(() => void peer.join("c")).toThrow(expect.objectContaining({ code: "socketio/too-many-rooms" }));
});

describe("eventRate", () => {
  test("at the limit, one more, and again in time: told by acknowledgement, or by an event", async () => {
    const at = world({ eventRate: { perSecond: 10, burst: 2 } });
    const { socket, peer } = await join(at);
    const [heard, told]: [unknown[], RateLimited[]] = [[], []];
    peer.on("x", (value: unknown, ack?: (value: unknown) => void) => {
      heard.push(value);
      ack?.("fine");
    });
    socket.on("rate-limited", (answer: RateLimited) => void told.push(answer));
    socket.emit("x", 1);
    expect(await socket.emitWithAck("x", 2)).toBe("fine");
    const answer = { code: "socketio/rate-limited", message: "Too much per second: the event was dropped", limit: "eventRate", event: "x", retryAfterMs: 100 };
    expect(await socket.emitWithAck("x", 3)).toEqual(answer);
    socket.emit("x", 4);
    await settle();
    expect([heard, told, codes(at)]).toEqual([[1, 2], [answer], ["socketio/rate-limited", "socketio/rate-limited"]]);
    at.clock.advance(100);
    expect(await socket.emitWithAck("x", 5)).toBe("fine");
  });

  test("is one for all namespaces of a connection; acknowledgements and others' events are not refused", async () => {
    const at = world({ eventRate: { perSecond: 1 } });
    at.server.of("/b").on("connection", (peer) => void peer.onAny(() => heard.push("b")));
    const heard: unknown[] = [];
    const { socket, peer } = await join(at);
    const second = socket.io.socket("/b");
    await settle();
    peer.onAny(() => void heard.push("a"));
    socket.on("ask", (ack: (value: number) => void) => ack(7));
    socket.emit("x");
    second.emit("x");
    await settle();
    expect([heard, await peer.emitWithAck("ask"), await peer.emitWithAck("ask")]).toEqual([["a"], 7, 7]);
    const other = await join(at);
    other.peer.on("x", (ack: (value: string) => void) => ack("fine"));
    expect(await other.socket.emitWithAck("x")).toBe("fine");
  });

  test("maxRefusedEvents: at the limit, and one more; a client that has been quiet begins anew", async () => {
    const at = world({ eventRate: { perSecond: 10, burst: 1 }, maxRefusedEvents: 3 });
    const { socket, peer } = await join(at);
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 4; n++) socket.emit("x");
      await settle();
      expect(socket.connected).toBe(true);
      at.clock.advance(100);
    }
    for (let n = 0; n < 5; n++) socket.emit("x");
    await settle();
    expect([socket.connected, reasons, at.ends[0]?.readyState]).toEqual([false, ["server namespace disconnect"], "closed"]);
  });

  test("asking for a namespace again counts, at the limit and one more; the first time, which a page does for all of its namespaces at once, does not", async () => {
    const at = world({ eventRate: { perSecond: 1, burst: 2 } });
    let asked = 0;
    at.server.of("/closed").use((_socket, next) => {
      asked++;
      next(new Error("no"));
    });
    const { socket } = await join(at);
    const closed = socket.io.socket("/closed");
    const refusals: unknown[] = [];
    closed.on("connect_error", ({ message, data }) => void refusals.push([message, data]));
    await settle();
    for (let n = 0; n < 3; n++) {
      closed.connect();
      await settle();
    }
    const answer: RateLimited = { code: "socketio/rate-limited", message: "Too much per second: ask again later", limit: "eventRate", event: "connect", retryAfterMs: 1000 };
    expect([asked, refusals]).toEqual([3, [["no", undefined], ["no", undefined], ["no", undefined], [answer.message, answer]]]);
    expect(at.failures).toEqual([{ error: expect.objectContaining({ code: "socketio/rate-limited", details: { limit: "eventRate", retryAfterMs: 1000 } }) as Error, context: { event: "packet", namespace: "/closed" } }]);
    at.clock.advance(1000);
    closed.connect();
    await settle();
    expect([asked, socket.connected]).toEqual([4, true]);
  });

  test.each([
    ["CONNECTs that middleware refuses", "0/closed,", 4],
    ["CONNECTs that are let in and sent away", "0/left,", 5],
    ["events for a namespace that was left, which nobody answers", '2/left,["late"]', 0],
  ])("maxRefusedEvents holds for %s: at the limit, and one more", async (_name, message, answered) => {
    const at = world({ eventRate: { perSecond: 1 }, maxRefusedEvents: 3 });
    at.server.of("/closed").use((_socket, next) => next(new Error("no")));
    at.server.of("/left").on("connection", (peer) => void peer.disconnect());
    const { peer } = await join(at, { reconnection: false });
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    const [end] = at.ends;
    const say = async (...said: string[]): Promise<void> => {
      for (const one of said) void end?.other?.send(one);
      await settle();
    };
    await say("0/closed,", "0/left,");
    const before = end?.sent.length ?? 0;
    await say(message, message, message, message);
    expect([reasons, end?.readyState, end?.sent.slice(before).length]).toEqual([[], "open", answered]);
    await say(message);
    expect([reasons, end?.readyState]).toEqual([["server namespace disconnect"], "closed"]);
  });

  test("names no more of an event than its beginning", async () => {
    const at = world({ eventRate: { perSecond: 1 } });
    const { socket } = await join(at);
    socket.emit("x");
    expect(((await socket.emitWithAck("y".repeat(10_000))) as RateLimited).event).toBe("y".repeat(64));
  });
});

test("byteRate holds for asking again, too", async () => {
  const at = world({ byteRate: { perSecond: 1000, burst: 1000 } });
  const { socket } = await join(at);
  const other = socket.io.socket("/none", { auth: { token: "x".repeat(600) } });
  const refusals: unknown[] = [];
  other.on("connect_error", ({ data }) => void refusals.push(data));
  await settle();
  other.connect();
  await settle();
  expect(refusals).toEqual([undefined, expect.objectContaining({ limit: "byteRate", event: "connect" })]);
});

test("byteRate counts UTF-8 and attachments: at the limit, and one more", async () => {
  const at = world({ byteRate: { perSecond: 1000, burst: 1000 } });
  const { socket, peer } = await join(at);
  peer.on("x", (_value: unknown, ack: (value: string) => void) => ack("fine"));
  const text = (bytes: number): string => "é".repeat((bytes - '20["x",""]'.length) / 2);
  expect(await socket.emitWithAck("x", text(598))).toBe("fine"); // and its CONNECT: one byte
  expect(await socket.emitWithAck("x", text(404))).toMatchObject({ limit: "byteRate", event: "x", retryAfterMs: 3 });
  expect(await socket.emitWithAck("x", text(400))).toBe("fine");
  at.clock.advance(500);
  expect(await socket.emitWithAck("x", new Uint8Array(500))).toMatchObject({ limit: "byteRate" });
  expect(await socket.emitWithAck("x", new Uint8Array(400))).toBe("fine");
});

describe("maxAttachments", () => {
  const buffers = (count: number): Uint8Array[] => Array.from({ length: count }, (_, n) => Buffer.from([n]));

  test.each([[10, {}], [12, { maxAttachments: 12 }]])("%i in one packet is what either side sends; one more is refused, and ends nothing", async (limit, options) => {
    const at = world(options);
    const { socket, peer } = await join(at, options);
    const heard: unknown[] = [];
    socket.onAny((name, parts: unknown[]) => void heard.push([name, parts.length]));
    peer.on("count", (parts: unknown[], ack: (count: number) => void) => ack(parts.length));
    peer.emit("to one", buffers(limit));
    at.server.emit("to all", buffers(limit));
    const tooMany = expect.objectContaining({ code: "socketio/too-many-attachments", details: { limit: "maxAttachments", value: limit + 1 } }) as Error;
    expect(() => peer.emit("to one", buffers(limit + 1))).toThrow(tooMany);
    expect(() => at.server.emit("to all", buffers(limit + 1))).toThrow(tooMany);
    expect(await socket.emitWithAck("count", buffers(limit))).toBe(limit);
    await expect(socket.emitWithAck("count", buffers(limit + 1))).rejects.toThrow(tooMany);
    expect([heard, socket.connected, peer.connected, at.failures]).toEqual([[["to one", limit], ["to all", limit]], true, true, []]);
  });
});

test("rates out of range are refused by name", () => {
  for (const eventRate of [{ perSecond: 0 }, { perSecond: Number.NaN }, { perSecond: 1, burst: 0 }, { perSecond: 0.5 }]) {
    expect(() => world({ eventRate })).toThrow(expect.objectContaining({ code: "socketio/invalid-option", message: expect.stringContaining("eventRate") as string }));
  }
  expect(() => world({ byteRate: { perSecond: -1 } })).toThrow("byteRate");
  expect(() => world({ maxRefusedEvents: -1 })).toThrow("maxRefusedEvents");
  expect(() => world({ maxSocketsPerNamespace: 0 })).toThrow("maxSocketsPerNamespace");
});
