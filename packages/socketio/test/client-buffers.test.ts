/** What a client's socket keeps while there is no connection, each way. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { world } from "./memory-engine.js";

describe("what waits for a connection", () => {
  const fill = (bufferPolicy: "oldest" | "newest" | "error") => {
    const place = world();
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((_event, value) => void heard.push(value)));
    const socket = place.client({ autoConnect: false, maxBufferedEvents: 2, bufferPolicy });
    const flush = async () => {
      socket.connect();
      await settle();
      return heard;
    };
    return { socket, flush };
  };

  test("maxBufferedEvents: at the limit nothing gives way, one more does as the policy says", async () => {
    for (const [policy, kept] of [["oldest", [2, 3]], ["newest", [1, 2]]] as const) {
      const { socket, flush } = fill(policy);
      const first = socket.emitWithAck("x", 1).then(() => undefined, (error: unknown) => error);
      socket.emit("x", 2);
      socket.emit("x", 3);
      expect(await flush()).toEqual(kept);
      if (policy === "oldest") expect(await first).toMatchObject({ name: "DisconnectedError" });
    }
    const { socket, flush } = fill("error");
    socket.emit("x", 1);
    socket.emit("x", 2);
    expect(() => socket.emit("x", 3)).toThrow(expect.objectContaining({ code: "socketio/buffer-full" }));
    expect(await flush()).toEqual([1, 2]);
  });

  test("volatile events do not wait; one whose acknowledgement timed out is not sent either", async () => {
    const place = world();
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
    place.isUp = false;
    const socket = place.client({ ackTimeout: 100, reconnectionDelay: 1000 });
    socket.volatile.emit("volatile");
    const outcome = socket.emitWithAck("late").then(() => undefined, (error: unknown) => error);
    let told: unknown;
    socket.emit("also late", (error: unknown) => void (told = error));
    await settle();
    place.clock.advance(200);
    expect(await outcome).toMatchObject({ code: "socketio/ack-timeout", afterMs: 100 });
    expect(told).toMatchObject({ code: "socketio/ack-timeout" });
    socket.emit("kept");
    place.isUp = true;
    place.clock.advance(1000);
    await settle();
    expect(heard).toEqual(["kept"]);
  });

  test("acknowledgements of what was sent are lost with the connection, of what was not they are kept", async () => {
    const place = world();
    place.server.on("connection", (socket) => void socket.on("ask", (value: number, ack?: (value: number) => void) => {
      if (value === 2) ack?.(value);
    }));
    const socket = place.client();
    await settle();
    const sent = socket.emitWithAck("ask", 1).then(() => undefined, (error: unknown) => error);
    await settle();
    place.cut();
    expect(await sent).toMatchObject({ name: "DisconnectedError", reason: "transport close" });
    const kept = socket.emitWithAck("ask", 2);
    place.clock.advance(1100);
    expect(await kept).toBe(2);
  });

  test("an event that the engine does not take is lost alone: it is reported, and whoever awaits its answer is told", async () => {
    const place = world();
    place.maxLength = 100;
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
    const socket = place.client();
    const refused = socket.emitWithAck("long", "x".repeat(100)).catch((error: unknown) => error);
    socket.emit("short");
    socket.on("connect", () => void heard.push("connect"));
    await settle();
    expect([heard, socket.connected]).toEqual([["connect", "short"], true]);
    expect(await refused).toMatchObject({ code: "engineio/content-too-long" });
    expect(place.failures).toMatchObject([{ error: { code: "engineio/content-too-long" }, context: { event: "emit", namespace: "/" } }]);
  });

  test("an attachment that the engine does not take costs the connection, and nothing else: what waits behind it is kept for the next", async () => {
    const place = world();
    place.maxLength = 100;
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((_event, value) => void heard.push(value)));
    const socket = place.client();
    const told: unknown[] = [];
    socket.on("connect", () => void told.push("connect"));
    socket.on("disconnect", (reason, description) => {
      told.push([reason, description]);
      socket.emit("short", 3);
    });
    const refused = socket.emitWithAck("long", new Uint8Array(200)).catch((error: unknown) => error);
    for (const value of [1, 2]) socket.emit("short", value);
    await settle();
    const cause = { code: "engineio/content-too-long" };
    expect([heard, told, socket.connected, socket.io.isReconnecting]).toMatchObject([[], [["transport error", cause]], false, true]);
    expect(await refused).toMatchObject(cause);
    place.clock.advance(1100);
    await settle();
    expect([heard, told.at(-1), place.dialled.length]).toEqual([[1, 2, 3], "connect", 2]);
  });

  test("so does one of an event that need not wait: the caller is told why, others that the connection is lost", async () => {
    const place = world();
    place.maxLength = 100;
    const socket = place.client();
    await settle();
    const cause = { code: "engineio/content-too-long" };
    const other = socket.emitWithAck("x").catch((error: unknown) => error);
    const refused = socket.emitWithAck("long", new Uint8Array(200)).catch((error: unknown) => error);
    expect(socket.connected).toBe(false);
    expect(await Promise.all([other, refused])).toMatchObject([{ name: "DisconnectedError", reason: "transport error", cause }, cause]);
    place.clock.advance(1100);
    await settle();
    expect(() => socket.emit("long", new Uint8Array(200), () => undefined)).toThrow(expect.objectContaining(cause));
    expect([socket.connected, socket.acks.size, place.failures]).toEqual([false, 0, []]);
  });

  test("whoever disconnects because one was not taken hears nothing more; the rest waits for connect()", async () => {
    const place = world();
    place.maxLength = 100;
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
    const socket = place.client();
    const told: unknown[] = [];
    for (const event of ["connect", "disconnect"] as const) socket.on(event, () => void told.push(event));
    socket.timeout(1e6).emit("long", "x".repeat(100), () => socket.disconnect());
    socket.emit("short");
    await settle();
    expect([heard, told]).toEqual([[], ["disconnect"]]);
    socket.connect();
    await settle();
    expect([heard, told]).toEqual([["short"], ["disconnect", "connect"]]);
  });

  test("what disconnect() has said will not be acknowledged is not sent later", async () => {
    const place = world();
    const heard: unknown[] = [];
    place.server.on("connection", (socket) => void socket.onAny((event) => void heard.push(event)));
    const socket = place.client({ autoConnect: false });
    socket.connect();
    const paying = socket.emitWithAck("pay").catch((error: unknown) => error);
    socket.emit("kept");
    socket.disconnect();
    expect(await paying).toMatchObject({ name: "DisconnectedError", reason: "io client disconnect" });
    socket.connect();
    await settle();
    expect(heard).toEqual(["kept"]);
  });

  test("whoever disconnects while it is told what came before the answer hears no more of it", async () => {
    const place = world();
    place.server.use((_socket, next) => {
      for (const event of ["first", "second"]) void place.ends[0]?.send(`2["${event}"]`);
      next();
    });
    const socket = place.client();
    const heard: unknown[] = [];
    for (const event of ["connect", "disconnect"] as const) socket.on(event, () => void heard.push(event));
    socket.onAny((event) => {
      heard.push(event);
      socket.disconnect();
    });
    socket.emit("kept");
    await settle();
    expect([heard, socket.connected]).toEqual([["first", "disconnect"], false]);
  });
});
