/** `retries` and `ackTimeout`: events that are sent again until they are acknowledged. No real time. */
import { settle } from "@x/testkit";
import { expect, test } from "vitest";
import type { ClientOptions } from "../src/client.js";
import { world } from "./memory-engine.js";

/** A server that counts what it gets and acknowledges from the `answerAt`th time on. */
async function start(answerAt: number, options: ClientOptions = {}) {
  const place = world();
  const heard: unknown[] = [];
  place.server.on("connection", (socket) => void socket.on("x", (value: unknown, ack?: (value: unknown) => void) => {
    heard.push(value);
    if (heard.filter((other) => other === value).length >= answerAt) ack?.(value);
  }));
  const socket = place.client({ retries: 2, ackTimeout: 100, ...options });
  await settle();
  const pass = async (ms: number) => {
    place.clock.advance(ms);
    await settle();
  };
  return { place, socket, heard, pass };
}

const outcome = (promise: Promise<unknown>) => promise.then((value) => value, (error: unknown) => error);

test("all are on their way at once, in their order, and one that is acknowledged is not sent again", async () => {
  const { socket, heard, pass } = await start(1);
  const told: unknown[] = [];
  const answers = [1, 2, 3].map((value) => socket.emitWithAck("x", value));
  socket.emit("x", 4, (error: unknown, value: unknown) => void told.push([error, value]));
  socket.emit("x", 5);
  await settle();
  expect(heard).toEqual([1, 2, 3, 4, 5]);
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
  expect(told).toEqual([[null, 4]]);
  await pass(1000);
  expect(heard).toHaveLength(5);
});

test("one that is not acknowledged is sent again `retries` times, with or without a callback, then fails", async () => {
  const { socket, heard, pass } = await start(Infinity);
  const failed = outcome(socket.emitWithAck("x", 1));
  const told: unknown[] = [];
  socket.emit("x", 2, (error: unknown) => void told.push(error));
  socket.emit("x", 3);
  for (let round = 0; round < 5; round++) await pass(100);
  expect(heard).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
  expect(await failed).toMatchObject({ code: "socketio/ack-timeout", afterMs: 100 });
  expect(told).toMatchObject([{ code: "socketio/ack-timeout" }]);
  expect(socket.acks.size).toBe(0);
});

test("what the connection took along is sent again in its order; what was emitted meanwhile follows", async () => {
  const { place, socket, heard, pass } = await start(2);
  const answers = [1, 2].map((value) => socket.emitWithAck("x", value));
  await settle();
  place.cut();
  answers.push(socket.emitWithAck("x", 3));
  await pass(1100);
  expect(heard).toEqual([1, 2, 1, 2, 3]);
  await pass(100);
  expect(heard).toEqual([1, 2, 1, 2, 3, 3]);
  expect(await Promise.all(answers)).toEqual([1, 2, 3]);
});

test("a lost connection counts as a try", async () => {
  const { place, socket, heard, pass } = await start(Infinity, { retries: 1, ackTimeout: 60_000 });
  const failed = outcome(socket.emitWithAck("x", 1));
  await settle();
  place.cut();
  await pass(1100);
  place.cut();
  expect(await failed).toMatchObject({ name: "DisconnectedError", reason: "transport close" });
  await pass(10_000);
  expect(heard).toEqual([1, 1]);
});

test("at the end whoever waits is told; volatile events have one try", async () => {
  const { place, socket, heard, pass } = await start(Infinity);
  socket.volatile.emit("x", 0);
  await pass(1000);
  expect(heard).toEqual([0]);
  const sent = outcome(socket.emitWithAck("x", 1));
  place.isUp = false;
  place.cut();
  const waiting = outcome(socket.emitWithAck("x", 2));
  socket.disconnect();
  expect(await Promise.all([sent, waiting])).toMatchObject([1, 2].map(() => ({ name: "DisconnectedError", reason: "io client disconnect" })));
  expect(() => socket.emit("x", 3)).toThrow(expect.objectContaining({ name: "DisconnectedError" }));
});

test("maxPendingAcks holds for what waits, too; what cannot travel throws at once, or its callback is told", async () => {
  const { place, socket, pass } = await start(1, { maxPendingAcks: 2 });
  expect(() => socket.emit("x", 1n)).toThrow(TypeError);
  expect(() => socket.emit("disconnect")).toThrow(expect.objectContaining({ code: "socketio/reserved-event" }));
  place.cut();
  const told: unknown[] = [];
  expect(() => socket.emit("disconnect")).toThrow(expect.objectContaining({ code: "socketio/reserved-event" }));
  socket.emit("x", 1n, (error: unknown) => void told.push(error));
  socket.emit("x", 2);
  expect(() => socket.emit("x", 3)).toThrow(expect.objectContaining({ code: "socketio/too-many-acks" }));
  await pass(1100);
  expect(told).toMatchObject([{ name: "TypeError" }]);
  expect(() => socket.emit("x", 3)).not.toThrow();
  expect(() => place.client({ retries: -1 })).toThrow("retries");
});

test("a callback that throws or rejects is reported, whenever it is called: `connect`, `disconnect` and what waits behind it come nevertheless", async () => {
  const { place, socket, heard, pass } = await start(1);
  const failure = new Error("callback failed");
  const callbacks = [() => { throw failure; }, () => Promise.reject(failure)];
  const events: string[] = [];
  for (const event of ["connect", "disconnect"] as const) socket.on(event, () => void events.push(event));
  for (const callback of callbacks) socket.emit("x", 1, callback); // acknowledged
  await settle();
  place.cut();
  for (const callback of callbacks) socket.emit("x", 1n, callback); // not to be encoded, once there is a connection
  socket.emit("x", 2);
  await pass(1100);
  place.isUp = false;
  place.cut();
  for (const callback of callbacks) socket.emit("x", 3, callback); // not to be sent at all
  socket.disconnect();
  await settle();
  expect(place.failures).toEqual(callbacks.flatMap(() => callbacks).concat(callbacks).map(() => ({ error: failure, context: { event: "x", namespace: "/" } })));
  expect([events, heard]).toEqual([["disconnect", "connect", "disconnect"], [1, 1, 2]]);
  expect(socket.io.isReconnecting).toBe(false);
});

test("what the first listeners emit follows what waited, and is sent once", async () => {
  for (const retries of [0, 2]) {
    const { place, socket, heard, pass } = await start(1, { retries });
    place.server.use((_socket, next) => {
      void place.ends.at(-1)?.send('2["early"]');
      next();
    });
    socket.on("early", () => void socket.emit("x", "early"));
    socket.on("connect", () => void socket.emit("x", "connect"));
    place.cut();
    socket.emit("x", 1);
    socket.emit("x", 2);
    await pass(1100);
    expect(heard).toEqual([1, 2, "early", "connect"]);
  }
});

test("disconnect() ends what is on its way at once, however often it would have been sent again", async () => {
  const { place, socket, heard } = await start(Infinity, { retries: Infinity });
  const told: unknown[] = [];
  const [promise] = [1, 2].map((value) => {
    socket.emit("x", value, (error: unknown) => void told.push([socket.connected, error]));
    return outcome(socket.emitWithAck("x", value));
  });
  await settle();
  socket.disconnect();
  expect(told).toMatchObject([1, 2].map(() => [false, { name: "DisconnectedError", reason: "io client disconnect" }]));
  expect(await promise).toMatchObject({ name: "DisconnectedError" });
  await settle();
  expect([heard, place.failures]).toEqual([[1, 1, 2, 2], []]);
});

test("an event that cannot be encoded and has no callback is reported, and holds nothing up", async () => {
  const { place, socket, heard, pass } = await start(1);
  place.cut();
  socket.emit("x", 1n);
  socket.emit("x", 2);
  await pass(1100);
  expect(heard).toEqual([2]);
  expect(place.failures).toMatchObject([{ error: { name: "TypeError" }, context: { event: "emit", namespace: "/" } }]);
});
