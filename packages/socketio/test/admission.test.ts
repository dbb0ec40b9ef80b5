/** Who is let into a namespace: middleware, connect handlers, the answer. No real time. */
import { BadNamespaceError, ConnectionRefusedError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { type BroadcastPacket, type Codec, InMemoryAdapter, jsonCodec } from "../src/server.js";
import { join, world, type World } from "./memory-engine.js";

async function refusalOf(place: World): Promise<unknown> {
  const socket = place.client();
  let refusal: unknown;
  socket.on("connect_error", (error) => void (refusal = [error.message, error.data]));
  await settle();
  expect(socket.connected).toBe(false);
  expect(place.server.sockets.sockets.size).toBe(0);
  expect(place.server.sockets.adapter.sids.size).toBe(0);
  return refusal;
}

test.each([
  ["next(error) with data", (_: unknown, next: (error: Error) => void) => next(Object.assign(new Error("no"), { data: { code: 1 } })), ["no", { code: 1 }], 0],
  ["a thrown ConnectionRefusedError", () => { throw new ConnectionRefusedError("no", { data: 2 }); }, ["no", 2], 0],
  ["a rejected ConnectionRefusedError", () => Promise.reject(new ConnectionRefusedError("no", { data: 3 })), ["no", 3], 0],
  ["a thrown BadNamespaceError", () => { throw new BadNamespaceError("not here"); }, ["not here", undefined], 0],
  ["a crash", () => { throw new Error("password is hunter2"); }, ["Internal server error", undefined], 1],
  ["an asynchronous crash", () => Promise.reject(new Error("password is hunter2")), ["Internal server error", undefined], 1],
])("middleware: %s", async (_name, middleware, refusal, reports) => {
  const place = world();
  place.server.use(middleware as never);
  expect(await refusalOf(place)).toEqual(refusal);
  expect(place.failures).toHaveLength(reports);
});

test.each([
  ["ConnectionRefusedError", () => { throw new ConnectionRefusedError("no", { data: 2 }); }, ["no", 2], 0],
  ["a crash", () => { throw new Error("password is hunter2"); }, ["Internal server error", undefined], 1],
])("connect handler: %s", async (_name, handler, refusal, reports) => {
  const place = world();
  place.server.on("connection", handler);
  expect(await refusalOf(place)).toEqual(refusal);
  expect(place.failures).toHaveLength(reports);
});

test.each([
  ["a refusal", new ConnectionRefusedError("no"), 0],
  ["a crash", new Error("password is hunter2"), 1],
])("a connect handler that rejects, when the client has been told already, disconnects it: %s", async (_name, error, reports) => {
  const place = world();
  place.server.of("/other");
  place.server.on("connection", () => Promise.reject(error));
  const socket = place.client();
  const other = socket.io.socket("/other");
  const heard: string[] = [];
  socket.on("connect", () => heard.push("connect")).on("connect_error", () => heard.push("connect_error")).on("disconnect", (reason) => heard.push(reason));
  await settle();
  expect(heard).toEqual(["connect", "io server disconnect"]);
  expect([socket.connected, other.connected, place.server.sockets.sockets.size, place.failures.length]).toEqual([false, true, 0, reports]);
});

test("disconnect(true) in middleware does nothing: the client hears the refusal that follows, and keeps its connection", async () => {
  const place = world();
  place.server.of("/other");
  place.server.use((socket, next) => {
    socket.disconnect(true);
    next(new Error("no"));
  });
  const socket = place.client();
  const other = socket.io.socket("/other");
  const heard: string[] = [];
  socket.on("connect_error", ({ message }) => heard.push(message));
  await settle();
  expect([heard, socket.connected, other.connected]).toEqual([["no"], false, true]);
});

test("a connect handler that disconnects its socket and then throws leaves the connection usable", async () => {
  const place = world();
  place.server.of("/other");
  place.server.on("connection", (socket) => {
    socket.disconnect();
    throw new Error("after all");
  });
  const socket = place.client();
  const other = socket.io.socket("/other");
  await settle();
  expect([socket.connected, other.connected, place.failures.length]).toEqual([false, true, 1]);
});

test("a connect handler that lets another client in and then throws refuses its own client, and nobody else", async () => {
  const place = world();
  const waiting: (() => void)[] = [];
  place.server.use((_socket, next) => void waiting.push(next));
  place.server.once("connection", () => {
    waiting.shift()?.();
    throw new Error("after all");
  });
  const [first, second] = [place.client(), place.client()];
  const heard: string[] = [];
  first.on("connect", () => heard.push("connect"));
  first.on("connect_error", ({ message }) => heard.push(message));
  await settle();
  waiting.shift()?.();
  await settle();
  expect([first.connected, second.connected, heard]).toEqual([false, true, ["Internal server error"]]);
});

test.each([
  ["let in", [], [true, true], ["connect", "first", "other: connect", "other: hello", "second"]],
  ["refused", [new Error("after all")], [false, true], ["Internal server error", "other: connect", "other: hello"]],
])("a connect handler may let its own client into another namespace, and be %s", async (_name, failures, connected, order) => {
  const place = world();
  const gate: (() => void)[] = [];
  const otherGate: (() => void)[] = [];
  place.server.use((_socket, next) => void gate.push(next));
  place.server.on("connection", (socket) => {
    socket.emit("first");
    otherGate.shift()?.();
    socket.emit("second");
    for (const failure of failures) throw failure;
  });
  place.server.of("/other").use((_socket, next) => void otherGate.push(next)).on("connection", (socket) => void socket.emit("hello"));
  const socket = place.client();
  const other = socket.io.socket("/other");
  const heard: string[] = [];
  for (const event of ["connect", "first", "second"]) socket.on(event, () => heard.push(event));
  socket.on("connect_error", ({ message }) => heard.push(message));
  for (const event of ["connect", "hello"]) other.on(event, () => heard.push(`other: ${event}`));
  await settle();
  gate.shift()?.();
  await settle();
  expect([socket.connected, other.connected]).toEqual(connected);
  expect(heard).toEqual(order);
});

describe("a connect handler that writes what its own limits would not let in, and then throws", () => {
  /** As adapters of others: it does not say for which namespace a packet is. */
  class Silent extends InMemoryAdapter {
    override broadcast(packet: BroadcastPacket): void {
      const encoded = this.nsp.server.encoder.encode({ ...packet, nsp: this.nsp.name });
      for (const socket of this.nsp.sockets.values()) socket.client.writeToEngine(encoded, {});
    }
  }

  test.each([["", InMemoryAdapter, 0], [", with an adapter of others", Silent, 2]])("the client hears of the refusal alone, its other namespaces of what is theirs%s", async (_name, adapter, revivals) => {
    const revived: unknown[] = [];
    const parser = jsonCodec({ maxAttachments: 11, reviver: (_key, value: unknown) => {
      if (Array.isArray(value) && value.length === 12) revived.push(value[0]);
      return value;
    } });
    const place = world({ parser, adapter });
    const bytes = Array.from({ length: 11 }, () => Buffer.from([1]));
    place.server.on("connection", (socket) => {
      socket.emit("early", ...bytes);
      place.server.emit("to all", ...bytes);
      place.server.of("/other").emit("to others", ...bytes);
      throw new Error("after all");
    });
    const other = place.client({ maxAttachments: 11 }, "/other");
    place.server.of("/other");
    await settle();
    const heard: unknown[] = [];
    other.onAny((event) => void heard.push(event));
    const root = other.io.socket("/");
    root.onAny((event) => void heard.push(event));
    root.on("connect_error", ({ message }) => void heard.push(message));
    await settle();
    expect([heard, revived.length, place.failures.length]).toEqual([["Internal server error", "to others"], revivals, 1]);
  });

  test("a codec that cannot read what it wrote: nothing is thrown, and a refused client gets nothing of it", async () => {
    const parser: Codec = { encode: (packet) => jsonCodec().encode(packet), createDecoder: () => ({
      push: (message) => {
        if (String(message).includes("to all")) throw new Error("cannot read this");
        return jsonCodec().createDecoder().push(message);
      },
    }) };
    const place = world({ parser, adapter: Silent });
    place.server.on("connection", () => {
      place.server.emit("to all");
      throw new Error("after all");
    });
    expect([await refusalOf(place), place.failures.length, place.ends[0]?.sent.length]).toEqual([["Internal server error", undefined], 1, 1]);
  });
});

test("what middleware throws after next() is reported and changes nothing; a second next() neither", async () => {
  const place = world();
  place.server.use((_socket, next) => {
    next();
    next(new Error("too late"));
    throw new Error("late");
  });
  const { socket } = await join(place);
  expect(socket.connected).toBe(true);
  expect(place.failures.map(({ error }) => (error as Error).message)).toEqual(["late"]);
});

test("once('connection') is for one socket; the handshake is read safely", async () => {
  const place = world();
  let count = 0;
  place.server.once("connection", () => count++);
  const { peer } = await join(place, { auth: { token: "t" } });
  await join(place);
  expect(count).toBe(1);
  expect(peer.handshake).toMatchObject({ address: "192.0.2.1", xdomain: true, secure: false, auth: { token: "t" } });
  expect({ ...peer.handshake.query }).toMatchObject({ EIO: "4", a: ["1", "2"] });
  expect(peer.id).toMatch(/^[\w-]{20}$/);
});

test("connectTimeout: middleware that never answers does not keep the connection", async () => {
  const place = world({ connectTimeout: 500 });
  place.server.use(() => undefined);
  place.client({ reconnection: false });
  await settle();
  place.clock.advance(499);
  expect(place.ends[0]?.readyState).toBe("open");
  place.clock.advance(60);
  expect(place.ends[0]?.readyState).toBe("closed");
});
