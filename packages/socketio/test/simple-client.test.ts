/** SimpleClient: straight lines over an engine in memory. No real time. */
import { ConnectionError, ConnectionRefusedError, DisconnectedError, TimeoutError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { ClientOptions } from "../src/client.js";
import { SimpleClient, type SimpleClientOptions } from "../src/shell/client/simple-client.js";
import { SimpleClient as RealSimpleClient } from "../src/simple-client.js";
import { world, type World } from "./memory-engine.js";

function simple(place: World, options: ClientOptions & SimpleClientOptions = {}): SimpleClient {
  return new SimpleClient(options, (_url, settings: ClientOptions, namespace = "/") => place.client({ ...settings, autoConnect: false }, namespace));
}

async function connected(options: ClientOptions & SimpleClientOptions = {}) {
  const place = world();
  place.server.on("connection", (socket) => {
    socket.emit("welcome", 1);
    socket.on("sum", (a: number, b: number, ack: (sum: number) => void) => ack(a + b));
  });
  const client = simple(place, options);
  expect(await client.connect("memory")).toBe(client);
  return { place, client };
}

function outcome(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => value, (error: unknown) => error);
}

describe("SimpleClient", () => {
  test("connects, calls, receives in order, disconnects; nothing sent before it listened is lost", async () => {
    const { place, client } = await connected();
    expect([client.connected, client.transport, typeof client.sid]).toEqual([true, "memory", "string"]);
    expect(await client.call("sum", [1, 2])).toBe(3);
    place.server.emit("news", { a: 1 }, "b");
    expect(await client.receive()).toEqual(["welcome", 1]);
    expect(await client.receive()).toEqual(["news", { a: 1 }, "b"]);
    client.disconnect();
    client.disconnect();
    expect([client.connected, client.transport, client.sid]).toEqual([false, "", undefined]);
  });

  test("the server's wish for an acknowledgement arrives as a function", async () => {
    const { place, client } = await connected();
    await client.receive();
    const answers = place.server.timeout(100).emitWithAck("ask") as Promise<unknown[]>;
    const [, ack] = (await client.receive()) as [string, (answer: string) => void];
    ack("yes");
    expect(await answers).toEqual(["yes"]);
  });

  test("call() of what the server does not take rejects with the cause, and is not tried again", async () => {
    const { place, client } = await connected();
    place.cut();
    place.maxLength = 100;
    place.clock.advance(1000);
    await settle();
    expect(await outcome(client.call("sum", [new Uint8Array(200), 1]))).toMatchObject({ code: "engineio/content-too-long" });
    place.clock.advance(2000);
    await settle();
    expect([client.connected, place.dialled.length]).toEqual([true, 3]);
  });

  test("before connect() everything throws; a second connect() throws; after the end it may be called again", async () => {
    const place = world();
    const client = simple(place);
    for (const promise of [client.emit("x"), client.call("x", []), client.receive()]) expect(await outcome(promise)).toBeInstanceOf(DisconnectedError);
    await client.connect("memory");
    expect(await outcome(client.connect("memory"))).toMatchObject({ code: "socketio/already-connected" });
    client.disconnect();
    await client.connect("memory");
    expect(client.connected).toBe(true);
  });

  test("a refusal rejects connect() with what the server said; a signal ends it", async () => {
    const place = world();
    place.server.use((_socket, next) => next(Object.assign(new Error("no"), { data: 7 })));
    const client = simple(place);
    const error = await outcome(client.connect("memory"));
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ message: "no", data: 7 });
    expect(await outcome(client.connect("memory", { signal: AbortSignal.abort("why") }))).toMatchObject({ code: "socketio/aborted", cause: "why" });
    place.isUp = false;
    expect(await outcome(client.connect("memory"))).toBeInstanceOf(ConnectionError);
  });

  test("emit and call wait while it reconnects; a call whose connection is lost is sent again; there is one limit for it all", async () => {
    const { place, client } = await connected();
    let asked = 0;
    place.server.on("connection", (socket) => void socket.on("ask", (ack?: (answer: number) => void) => {
      if (++asked > 1) ack?.(asked);
    }));
    place.cut();
    const call = client.call("ask", []);
    place.clock.advance(1100);
    await settle();
    expect(asked).toBe(1);
    place.cut();
    place.clock.advance(2100);
    expect(await call).toBe(2);
    place.isUp = false;
    place.cut();
    const late = outcome(client.call("ask", [], { timeoutMs: 30_000 }));
    const stopped = new AbortController();
    const aborted = outcome(client.call("ask", [], { signal: stopped.signal }));
    stopped.abort();
    expect(await aborted).toMatchObject({ code: "socketio/aborted" });
    const emitted = client.emit("note");
    for (let round = 0; round < 31; round++) {
      place.clock.advance(1000);
      await settle();
    }
    expect(await late).toBeInstanceOf(TimeoutError);
    place.isUp = true;
    place.clock.advance(6000);
    await emitted;
  });

  test("receive() has a limit and a signal, and nothing received is lost to either", async () => {
    const { place, client } = await connected();
    await client.receive();
    const late = outcome(client.receive({ timeoutMs: 100 }));
    const stopped = new AbortController();
    const aborted = outcome(client.receive({ signal: stopped.signal }));
    place.clock.advance(100);
    stopped.abort("enough");
    expect(await late).toMatchObject({ name: "TimeoutError", afterMs: 100, operation: "receive" });
    expect(await aborted).toMatchObject({ code: "socketio/aborted", cause: "enough" });
    expect(await outcome(client.receive({ timeoutMs: 0, signal: AbortSignal.abort() }))).toMatchObject({ code: "socketio/aborted" });
    place.server.emit("a");
    expect(await client.receive()).toEqual(["a"]);
  });

  test("maxReceivers calls of receive() wait; one more throws, and takes nothing from them", async () => {
    const { place, client } = await connected({ maxReceivers: 2 });
    await client.receive();
    const waiting = [client.receive(), client.receive()];
    expect(await outcome(client.receive())).toMatchObject({ name: "SocketIOError", code: "socketio/too-many-receivers", details: { limit: "maxReceivers", value: 2 } });
    place.server.emit("a");
    place.server.emit("b");
    expect(await Promise.all(waiting)).toEqual([["a"], ["b"]]);
    expect(() => simple(place, { maxReceivers: 0 })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
  });

  test("maxBufferedEvents calls wait for the connection; one more throws", async () => {
    const { place, client } = await connected({ maxBufferedEvents: 2 });
    place.isUp = false;
    place.cut();
    const waiting = [outcome(client.emit("note")), outcome(client.call("sum", [1, 2]))];
    expect(await outcome(client.emit("note"))).toMatchObject({ code: "socketio/buffer-full", details: { limit: "maxBufferedEvents", value: 2 } });
    client.disconnect();
    expect(await Promise.all(waiting)).toEqual([expect.any(DisconnectedError), expect.any(DisconnectedError)]);
  });

  test("what was received before the end can still be taken; then DisconnectedError, with the reason", async () => {
    const { place, client } = await connected();
    place.server.disconnectSockets();
    await settle();
    expect(await client.receive()).toEqual(["welcome", 1]);
    for (const promise of [client.receive(), client.emit("x"), client.call("x", [])]) expect(await outcome(promise)).toMatchObject({ name: "DisconnectedError", reason: "io server disconnect" });
  });

  test("iteration ends when either side disconnects on purpose, and throws when all attempts to reconnect failed", async () => {
    const { client } = await connected();
    const events: unknown[] = [];
    for await (const event of client) {
      events.push(event);
      client.disconnect();
    }
    expect(events).toEqual([["welcome", 1]]);
    const { place, client: lost } = await connected({ reconnectionAttempts: 1 });
    const ending = outcome((async () => {
      for await (const event of lost) events.push(event);
    })());
    await settle();
    place.isUp = false;
    place.cut();
    const waiting = outcome(lost.emit("x"));
    place.clock.advance(6000);
    await settle();
    expect(await ending).toMatchObject({ name: "DisconnectedError", reason: "reconnection failed", cause: { name: "ConnectionError", message: "connection refused" } });
    expect(await waiting).toBe(await ending);
  });

  test("maxReceivedEvents: at the limit nothing happens, one more disconnects and says why", async () => {
    const { place, client } = await connected({ maxReceivedEvents: 2 });
    place.server.emit("a");
    await settle();
    expect(client.connected).toBe(true);
    place.server.emit("b");
    await settle();
    expect(client.connected).toBe(false);
    expect([await client.receive(), await client.receive()]).toEqual([["welcome", 1], ["a"]]);
    expect(await outcome(client.receive())).toMatchObject({ name: "DisconnectedError", cause: { code: "socketio/inbox-full" } });
    expect(() => simple(place, { maxReceivedEvents: 0 })).toThrow("maxReceivedEvents");
  });

  test("`await using` disconnects", async () => {
    const { place, client } = await connected();
    {
      await using scoped = client;
      expect(scoped.connected).toBe(true);
    }
    await settle();
    expect(place.server.sockets.sockets.size).toBe(0);
  });

  test("a real one rejects with a typed error when nobody listens", async () => {
    const client = new RealSimpleClient({ transports: ["websocket"] });
    expect(await outcome(client.connect("http://127.0.0.1:1/ns"))).toBeInstanceOf(ConnectionError);
  });
});
