/** A connection that is open and a namespace that does not answer: whoever waits hears of it. No real time. */
import { ConnectionError, ConnectionRefusedError, DisconnectedError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import type { ClientOptions, Socket } from "../src/client.js";
import { msgpackCodec } from "../src/msgpack.js";
import type { ServerOptions } from "../src/server.js";
import { opened } from "../src/shell/client/opened.js";
import { SimpleClient } from "../src/shell/client/simple-client.js";
import { world, type World } from "./memory-engine.js";

const never = (): void => undefined;
const timedOut = { name: "ConnectionError", message: "timeout", cause: { name: "TimeoutError", code: "socketio/connect-timeout", afterMs: 500, operation: "connect" } };

function silent(options: ServerOptions = {}): World {
  const place = world(options);
  place.server.use(never);
  return place;
}

function log(socket: Socket): unknown[] {
  const heard: unknown[] = [];
  socket.on("connect", () => void heard.push("connect"));
  socket.on("connect_error", (error) => void heard.push(error));
  socket.on("disconnect", (...args) => void heard.push(args));
  return heard;
}

const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => value, (error: unknown) => error);

async function pass(place: World, ms: number): Promise<void> {
  await settle();
  place.clock.advance(ms);
  await settle();
}

/** What goes wrong after the connection is open. */
const ends: readonly (readonly [name: string, place: () => World, goWrong: (place: World) => unknown, error: object])[] = [
  ["is cut", silent, (place) => place.cut(), { name: "ConnectionError", code: "socketio/connection-lost", message: "Connection lost: transport close" }],
  ["brings what is no packet", silent, (place) => void place.ends[0]?.send("nonsense"), { code: "socketio/connection-lost", message: "Connection lost: parse error", cause: { code: "socketio/invalid-packet" } }],
  ["speaks another codec", () => silent({ parser: msgpackCodec() }), never, { code: "socketio/connection-lost" }],
  ["brings a DISCONNECT first", silent, (place) => void place.ends[0]?.send("1"), { name: "ConnectionRefusedError", message: "Connection refused" }],
  ["stays silent", silent, (place) => place.clock.advance(500), timedOut],
];

describe.each(ends)("a connection that %s before the namespace is answered", (name, create, goWrong, error) => {
  const isFinal = name.includes("DISCONNECT");

  test.each([true, false])("connect() rejects, and nothing is left (reconnection: %s)", async (reconnection) => {
    const place = create();
    const socket = place.client({ autoConnect: false, timeout: 500, reconnection });
    const heard = log(socket);
    const connecting = outcome(opened(socket, undefined));
    await settle();
    goWrong(place);
    expect(await connecting).toMatchObject(error);
    expect(await connecting).toBeInstanceOf(ConnectionError);
    expect([heard, socket.active, socket.io.isOpen, socket.io.isReconnecting]).toEqual([[await connecting], false, false, false]);
    await pass(place, 60_000);
    expect([place.dialled.length, heard.length]).toEqual([1, 1]);
  });

  test("a socket of io() is told connect_error, and what follows is the policy's", async () => {
    for (const options of [{}, { reconnection: false }, { retryIf: () => false }] satisfies ClientOptions[]) {
      const place = create();
      const socket = place.client({ timeout: 500, ...options });
      const heard = log(socket);
      const waiting = outcome(socket.timeout(1e6).emitWithAck("x"));
      await settle();
      goWrong(place);
      await settle();
      expect(heard).toMatchObject([error]);
      const goesOn = !isFinal && Object.keys(options).length === 0;
      expect([socket.active, socket.io.isReconnecting]).toEqual([goesOn, goesOn]);
      if (!goesOn) expect(await waiting).toBeInstanceOf(DisconnectedError);
      await pass(place, 1000);
      expect(place.dialled).toHaveLength(goesOn ? 2 : 1);
      socket.disconnect();
    }
  });
});

describe("a server that does not answer", () => {
  test("within `timeout` of an open connection, whatever `auth` waits for; for ever with `timeout: false`", async () => {
    for (const [options, isLate] of [[{ timeout: 500 }, true], [{ timeout: 500, auth: never }, true], [{ timeout: false }, false]] as const) {
      const place = silent({ connectTimeout: 1e9 });
      const heard = log(place.client(options));
      await pass(place, 499);
      expect(heard).toEqual([]);
      await pass(place, 1);
      expect(heard).toMatchObject(isLate ? [timedOut] : []);
      await pass(place, 1e6);
      expect(heard.length > 1).toBe(isLate);
    }
  });

  test("at the limit an answer counts", async () => {
    const place = world();
    let letIn = never;
    place.server.use((_socket, next) => void (letIn = next));
    const socket = place.client({ timeout: 500 });
    const heard = log(socket);
    await pass(place, 499);
    letIn();
    await pass(place, 1e6);
    expect(heard).toEqual(["connect"]);
    expect(place.dialled).toHaveLength(1);
  });

  test("never proves stable: attempts are counted, and used up", async () => {
    const place = silent();
    const socket = place.client({ timeout: 10_000, stableAfterMs: 5000, reconnectionAttempts: 2 });
    const heard = log(socket);
    let hasFailed = false;
    socket.io.on("reconnect_failed", () => void (hasFailed = true));
    for (let round = 0; round < 10; round++) await pass(place, 10_000);
    expect([heard.length, place.dialled.length, hasFailed, socket.active]).toEqual([3, 3, true, false]);
  });

  test("in one namespace is told of, and waited for, while another is connected", async () => {
    const place = world();
    let letIn = never;
    place.server.of("/slow").use((_socket, next) => void (letIn = next));
    const root = place.client({ timeout: 500 });
    const slow = root.io.socket("/slow");
    const heard = log(slow);
    await pass(place, 600);
    expect([heard.length, slow.active, root.connected, place.dialled.length]).toEqual([1, true, true, 1]);
    expect(heard).toMatchObject([timedOut]);
    letIn();
    await settle();
    expect(slow.connected).toBe(true);
  });

  test("what comes after a socket has disconnected is none of its business; a namespace is not asked for twice", async () => {
    const place = world();
    const asked: (() => void)[] = [];
    const heard: unknown[] = [];
    place.server.of("/slow").use((_socket, next) => void asked.push(next)).on("connection", (socket) => {
      heard.push("in");
      socket.on("disconnect", (reason) => void heard.push(reason));
    });
    const root = place.client();
    const slow = root.io.socket("/slow");
    const told = log(slow);
    await settle();
    slow.disconnect();
    slow.connect();
    slow.disconnect();
    await settle();
    expect(asked).toHaveLength(1);
    asked[0]?.();
    await settle();
    expect([heard, told, slow.connected]).toEqual([["in", "client namespace disconnect"], [], false]);
    slow.connect();
    await settle();
    slow.disconnect();
    slow.connect();
    asked[1]?.();
    await settle();
    expect([asked.length, told, root.connected, place.ends.length]).toEqual([2, ["connect"], true, 1]);
  });
});

test("who is disconnected by a neighbour's listener is told of nothing more", async () => {
  for (const isUp of [true, false]) {
    const place = silent();
    place.server.of("/other").use(never);
    place.isUp = isUp;
    const socket = place.client();
    const other = socket.io.socket("/other");
    const heard = log(other);
    socket.on("connect_error", () => void other.disconnect());
    await settle();
    place.cut();
    expect([heard, other.active]).toEqual([[], false]);
    socket.disconnect();
  }
});

test("events that came before a refusal are not told at the next connect()", async () => {
  const place = world();
  let isWelcome = false;
  place.server.use((_socket, next) => {
    if (!isWelcome) void place.ends[0]?.send('2["stale"]');
    next(isWelcome ? undefined : new Error("no"));
  });
  const socket = place.client();
  const other = socket.io.socket("/other"); // keeps the connection
  place.server.of("/other");
  const heard: string[] = [];
  socket.onAny((event) => void heard.push(event));
  await settle();
  isWelcome = true;
  socket.connect();
  await settle();
  expect([heard, socket.connected, other.connected, place.ends.length]).toEqual([[], true, true, 1]);
});

describe("SimpleClient.disconnect() during connect()", () => {
  const simple = (place: World): SimpleClient => new SimpleClient<object, object, ClientOptions>({}, (_url, settings, namespace = "/") => place.client({ ...settings, autoConnect: false }, namespace)) as SimpleClient;

  test("ends it, and whoever waits beside it", async () => {
    const place = silent();
    const client = simple(place);
    const waits = [client.connect("memory"), client.emit("x"), client.receive()].map(outcome);
    await settle();
    client.disconnect();
    expect(await Promise.all(waits)).toMatchObject([0, 1, 2].map(() => ({ name: "DisconnectedError", reason: "io client disconnect" })));
  });

  test("leaves the next connect() alone, also when the first is aborted afterwards", async () => {
    const place = world();
    let isWelcome = false;
    place.server.use((_socket, next) => isWelcome && next());
    const client = simple(place);
    const controller = new AbortController();
    const first = outcome(client.connect("memory", { signal: controller.signal }));
    await settle();
    client.disconnect();
    isWelcome = true;
    const second = client.connect("memory");
    controller.abort();
    expect(await first).toMatchObject({ name: "DisconnectedError" });
    expect(await second).toBe(client);
    expect(client.connected).toBe(true);
  });
});

test("a refusal by DISCONNECT, once connected, is told by `disconnect`: a typed one (python-socketio's always_connect)", async () => {
  const place = world();
  place.server.on("connection", () => queueMicrotask(() => void place.ends[0]?.send('1{"message":"no token","data":{"hint":"log in"}}')));
  const socket = place.client();
  const heard = log(socket);
  await pass(place, 60_000);
  expect(heard).toMatchObject(["connect", ["io server disconnect", { name: "ConnectionRefusedError", message: "no token", data: { hint: "log in" } }]]);
  expect((heard[1] as unknown[])[1]).toBeInstanceOf(ConnectionRefusedError);
  expect([socket.active, place.dialled.length]).toEqual([false, 1]);
});
