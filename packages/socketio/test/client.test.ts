/** The client's shell over an engine in memory: connecting, refusals, reconnection. No real time. */
import { BadNamespaceError, ConnectionError, ConnectionRefusedError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test, vi } from "vitest";
import { connect, io } from "../src/client.js";
import { readAddress } from "../src/shell/client/url.js";
import { world } from "./memory-engine.js";

describe("connecting", () => {
  test("auth is asked for each attempt, in every form", async () => {
    const place = world();
    const seen: unknown[] = [];
    place.server.on("connection", (socket) => void seen.push(socket.handshake.auth));
    let count = 0;
    const forms = [
      { n: 0 },
      () => ({ n: ++count }),
      () => Promise.resolve({ n: ++count }),
      (answer: (auth: object) => void) => answer({ n: ++count }),
      (answer: (auth: object) => void) => void Promise.resolve().then(() => answer({ n: ++count })),
    ];
    for (const auth of forms) {
      place.client({ auth });
      await settle();
    }
    expect(seen).toEqual([0, 1, 2, 3, 4].map((n) => ({ n })));
    place.cut();
    place.clock.advance(1100);
    await settle();
    expect(seen).toHaveLength(10);
    expect(count).toBe(8);
  });

  test("auth that fails once it has answered is reported, and the socket stays", async () => {
    const place = world();
    const late = new Error("too late");
    const forms = [
      (answer: (auth: object) => void) => { answer({}); throw late; },
      (answer: (auth: object) => void) => { answer({}); return Promise.reject(late); },
    ];
    for (const auth of forms) {
      const socket = place.client({ auth });
      const failed = vi.fn();
      socket.on("connect_error", failed);
      await settle();
      expect([socket.connected, failed.mock.calls]).toEqual([true, []]);
    }
    expect(place.failures).toEqual(forms.map(() => ({ error: late, context: { event: "auth", namespace: "/" } })));
  });

  test("auth that fails tells connect_error, and is asked again as the policy says, over the same connection", async () => {
    const forms = [() => { throw new Error("no token"); }, () => Promise.reject(new Error("no token"))];
    for (const fail of forms) {
      const place = world();
      const attempts: number[] = [];
      const socket = place.client({ auth: () => (attempts.push(place.clock.now()) < 4 ? fail() : { token: 1 }) });
      const errors: unknown[] = [];
      socket.on("connect_error", (error) => void errors.push([error, socket.active]));
      await settle();
      for (const waitMs of [1000, 2000, 4000]) {
        place.clock.advance(waitMs);
        await settle();
      }
      expect(attempts).toEqual([0, 1000, 3000, 7000]);
      expect(errors).toMatchObject([1, 2, 3].map(() => [{ name: "ConnectionError", message: "Cannot connect: auth failed", cause: { message: "no token" } }, true]));
      expect([socket.connected, place.dialled.length]).toEqual([true, 1]);
    }
  });

  test("unless reconnection is off, its attempts are used up, or retryIf says no; a wish to be left alone for a while is granted", async () => {
    for (const [options, times] of [[{ reconnection: false }, 1], [{ reconnectionAttempts: 2 }, 3], [{ retryIf: (error: Error) => (error.cause as Error).message !== "no token" }, 1], [{}, 2]] as const) {
      const place = world();
      let asked = 0;
      const socket = place.client({ ...options, auth: () => {
        asked++;
        throw Object.assign(new Error("no token"), times === 2 ? { retryAfterMs: 9999 } : {});
      } });
      const waiting = socket.timeout(1e6).emitWithAck("x").then(() => undefined, (error: unknown) => error);
      await settle();
      for (let second = 0; second < 10; second++) {
        place.clock.advance(1000);
        await settle();
      }
      expect([asked, socket.active]).toEqual([times, times === 2]);
      if (times !== 2) expect(await waiting).toMatchObject({ name: "DisconnectedError", reason: "Cannot connect: auth failed" });
      socket.disconnect();
    }
  });

  test("a refused namespace is not asked for again; another attempt is the application's", async () => {
    const place = world();
    let asked = 0;
    let isWelcome = false;
    place.server.use((_socket, next) => {
      asked++;
      next(isWelcome ? undefined : Object.assign(new Error("no"), { data: 1 }));
    });
    const socket = place.client();
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => void errors.push(error));
    await settle();
    place.clock.advance(1e6);
    await settle();
    expect(asked).toBe(1);
    expect(errors[0]).toBeInstanceOf(ConnectionRefusedError);
    expect(errors[0]).toMatchObject({ message: "no", data: 1, errorArgs: { message: "no", data: 1 } });
    expect(socket.active).toBe(false);
    isWelcome = true;
    socket.connect();
    await settle();
    expect(socket.connected).toBe(true);
  });

  test("an unknown namespace is a BadNamespaceError", async () => {
    const place = world();
    let error: unknown;
    place.client({}, "/nowhere").on("connect_error", (given) => void (error = given));
    await settle();
    expect(error).toBeInstanceOf(BadNamespaceError);
    expect(error).toMatchObject({ namespace: "/nowhere", message: "Invalid namespace" });
  });

  test("a failed attempt tells connect_error with its cause, and is repeated", async () => {
    const place = world();
    place.isUp = false;
    const socket = place.client();
    const errors: Error[] = [];
    socket.on("connect_error", (error) => void errors.push(error));
    await settle();
    expect(errors[0]).toBeInstanceOf(ConnectionError);
    expect(errors[0]).toMatchObject({ message: "connection refused", cause: { message: "connection refused" } });
    place.isUp = true;
    place.clock.advance(1100);
    await settle();
    expect(socket.connected).toBe(true);
  });
});

describe("reconnection", () => {
  test("events of the manager and the socket, in order; a new id each time", async () => {
    const place = world();
    const socket = place.client();
    const log: unknown[] = [];
    for (const event of ["open", "close", "reconnect_attempt", "reconnect", "reconnect_failed"] as const) socket.io.on(event, (...args: readonly unknown[]) => void log.push([event, args[0]]));
    socket.on("connect", () => void log.push("connect"));
    socket.on("disconnect", (reason) => void log.push(["disconnect", reason, socket.connected, socket.active]));
    await settle();
    const { id } = socket;
    place.cut();
    expect(socket.id).toBeUndefined();
    place.clock.advance(1100);
    await settle();
    expect(socket.id).not.toBe(id);
    expect(log).toEqual([
      ["open", undefined], "connect", ["close", "transport close"], ["disconnect", "transport close", false, true], ["reconnect_attempt", 1], ["open", undefined], ["reconnect", 1], "connect",
    ]);
  });

  test("reconnectionAttempts used up: reconnect_failed, and whoever waits is told", async () => {
    const place = world();
    const socket = place.client({ reconnectionAttempts: 2 });
    await settle();
    place.isUp = false;
    place.cut();
    const waiting = socket.emitWithAck("ask").then(() => undefined, (error: unknown) => error);
    let hasFailed = false;
    socket.io.on("reconnect_failed", () => void (hasFailed = true));
    for (let round = 0; round < 3; round++) {
      place.clock.advance(6000);
      await settle();
    }
    expect([hasFailed, socket.active]).toEqual([true, false]);
    expect(await waiting).toMatchObject({ name: "DisconnectedError" });
    await expect(socket.emitWithAck("ask")).rejects.toMatchObject({ name: "DisconnectedError" });
  });

  test("without reconnection the socket is over when lost, and connect() begins again", async () => {
    const place = world();
    const socket = place.client({ reconnection: false });
    await settle();
    const sent = socket.emitWithAck("ask").then(() => undefined, (error: unknown) => (error as Error).name);
    place.cut();
    expect([await sent, socket.active]).toEqual(["DisconnectedError", false]);
    await expect(socket.emitWithAck("ask")).rejects.toMatchObject({ name: "DisconnectedError" });
    place.isUp = false;
    socket.connect();
    await settle();
    expect([socket.connected, socket.active]).toEqual([false, false]);
    place.isUp = true;
    socket.connect();
    await settle();
    expect(socket.connected).toBe(true);
  });

  test("neither side's own disconnect is followed by another attempt; the last socket takes the connection along", async () => {
    const place = world();
    place.server.of("/other");
    const socket = place.client();
    const other = socket.io.socket("/other");
    await settle();
    socket.disconnect();
    await settle();
    expect([other.connected, place.ends[0]?.readyState]).toEqual([true, "open"]);
    place.server.of("/other").disconnectSockets();
    await settle();
    expect([other.connected, other.active, place.ends[0]?.readyState]).toEqual([false, false, "closed"]);
    place.clock.advance(1e6);
    await settle();
    expect(place.ends).toHaveLength(1);
  });
});

test("catch-all listeners hear every event, both ways, in their order", async () => {
  const place = world();
  const log: unknown[] = [];
  const socket = place.client();
  socket.onAny((event, ...args: unknown[]) => void log.push(["in", event, ...args]));
  socket.prependAny(() => void log.push("first"));
  socket.onAnyOutgoing((event, ...args: unknown[]) => void log.push(["out", event, ...args]));
  await settle();
  place.server.emit("news", 1);
  socket.emit("hello", 2);
  await settle();
  expect(log).toEqual([["out", "hello", 2], "first", ["in", "news", 1]]);
  expect([socket.listenersAny().length, socket.listenersAnyOutgoing().length]).toEqual([2, 1]);
  socket.offAny().offAnyOutgoing();
  expect([socket.listenersAny(), socket.listenersAnyOutgoing()]).toEqual([[], []]);
});

test("modifiers do not stick to the socket", async () => {
  const place = world();
  const socket = place.client();
  await settle();
  const hasty = socket.timeout(10);
  const patient = socket.emitWithAck("x").then(() => "answered", (error: unknown) => (error as Error).name);
  const outcome = hasty.emitWithAck("x").then(() => "answered", (error: unknown) => (error as Error).name);
  place.clock.advance(100);
  expect(await outcome).toBe("TimeoutError");
  socket.disconnect();
  expect(await patient).toBe("DisconnectedError");
});

describe("addresses", () => {
  const page = { protocol: "https:", host: "page.example" };
  test.each([
    ["http://a.example", "http://a.example", "/", ""],
    ["https://a.example:443/ns?x=1#frag", "https://a.example", "/ns", "x=1"],
    ["ws://a.example:3000/ns", "http://a.example:3000", "/ns", ""],
    ["//a.example/ns", "https://a.example", "/ns", ""],
    ["a.example:3000", "https://a.example:3000", "/", ""],
    ["/ns", "https://page.example", "/ns", ""],
    ["", "https://page.example", "/", ""],
    ["http://[::1]:80/ns", "http://[::1]", "/ns", ""],
  ])("%j", (uri, origin, namespace, query) => {
    expect(readAddress(uri, page)).toEqual({ origin, namespace, query });
  });

  test("without a host and without a page there is nowhere to go", () => {
    expect(() => io("/ns")).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
  });

  test("sockets of one server share a connection, unless told otherwise or the namespace is taken", () => {
    const options = { autoConnect: false };
    const one = io("http://shared.example/a", options);
    expect(io("http://shared.example:80/b", options).io).toBe(one.io);
    expect(io("http://shared.example/a", options).io).not.toBe(one.io);
    expect(io("http://shared.example/c", { ...options, forceNew: true }).io).not.toBe(one.io);
    expect(io("http://shared.example/c", { ...options, multiplex: false }).io).not.toBe(one.io);
    expect(io("http://shared.example/c", { ...options, path: "/other" }).io).not.toBe(one.io);
    expect(io.connect).toBeTypeOf("function");
  });
});

describe("connect()", () => {
  test("rejects with a typed error and stops trying", async () => {
    const error: unknown = await connect("http://127.0.0.1:1", { transports: ["websocket"] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectionError);
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  test("an aborted signal ends it", async () => {
    const reason = new Error("changed my mind");
    await expect(connect("http://127.0.0.1:1", { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({ code: "socketio/aborted", cause: reason });
  });
});

test.each(["reconnectionDelay", "reconnectionDelayMax", "reconnectionAttempts", "timeout", "stableAfterMs", "ackTimeout", "maxBufferedEvents", "maxPendingAcks"])("%s out of range is refused by name", (name) => {
  const place = world();
  expect(() => place.client({ [name]: -1 })).toThrow(name);
  expect(() => place.client({ [name]: Number.NaN })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
});
