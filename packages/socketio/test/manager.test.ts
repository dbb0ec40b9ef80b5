/** Manager by its names: what opens and what is told, what is asked and set, and which namespaces there can be. No real time. */
import { FakeClock, settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { io } from "../src/client.js";
import { world, type World } from "./memory-engine.js";

const settings = { reconnectionAttempts: 7, reconnectionDelay: 70, reconnectionDelayMax: 700, randomizationFactor: 0.7, timeout: 7000 } as const;
const numbers = Object.keys(settings) as (keyof typeof settings)[];

async function pass(place: World, ms: number): Promise<void> {
  place.clock.advance(ms);
  await settle();
}

describe("open(fn), connect(fn)", () => {
  test.each(["open", "connect"] as const)("%s() tells each that asked the outcome of this attempt, and at once that it is open", async (name) => {
    const place = world();
    const { io: manager } = place.client({ autoConnect: false });
    const told: unknown[] = [];
    expect(manager[name]((error) => void told.push(["first", error]))).toBe(manager);
    manager[name]((error) => void told.push(["second", error]));
    expect(told).toEqual([]);
    await settle();
    expect([told, manager.isOpen]).toEqual([[["first", undefined], ["second", undefined]], true]);
    manager[name]((...args) => void told.push(args));
    expect(told.at(-1)).toEqual([]);
    expect(place.dialled).toHaveLength(1);
  });

  test("a first attempt that somebody waits for is the only one; what the function fails with is reported", async () => {
    const place = world();
    place.isUp = false;
    const { io: manager } = place.client({ autoConnect: false });
    const told: unknown[] = [];
    manager.open((error) => {
      told.push(error);
      throw new Error("callback failed");
    });
    await settle();
    await pass(place, 60_000);
    expect(told).toMatchObject([{ name: "ConnectionError", message: "connection refused" }]);
    expect(place.failures).toMatchObject([{ error: { message: "callback failed" }, context: { event: "open" } }]);
    expect([place.dialled.length, manager.isReconnecting]).toEqual([1, false]);
  });

  test("whoever waits when the last socket disconnects is told", async () => {
    const place = world();
    const socket = place.client();
    const told: unknown[] = [];
    socket.io.open((error) => void told.push(error));
    socket.disconnect();
    await settle();
    expect(told).toMatchObject([{ code: "socketio/aborted" }]);
  });

  test("while it waits for another attempt, this is it", async () => {
    const place = world();
    const socket = place.client();
    await settle();
    place.isUp = false;
    place.cut();
    const told: unknown[] = [];
    socket.io.on("reconnect_attempt", (attempt) => {
      told.push(attempt);
      socket.io.open(); // is under way
    });
    for (const isUp of [false, true]) {
      place.isUp = isUp;
      socket.io.open((error) => void told.push(error?.message));
      await settle();
    }
    expect([told, socket.connected, place.dialled.length]).toEqual([[1, "connection refused", 2, undefined], true, 3]);
    await pass(place, 60_000);
    expect(place.dialled).toHaveLength(3);
  });
});

describe("settings", () => {
  test.each(numbers)("%s() answers, sets, chains, and takes what the option takes", (name) => {
    const { io: manager } = world().client({ autoConnect: false, [name]: settings[name] });
    expect(manager[name]()).toBe(settings[name]);
    expect(manager[name](0)).toBe(manager);
    expect(manager[name]()).toBe(0);
    for (const value of [-1, Number.NaN]) expect(() => manager[name](value)).toThrow(expect.objectContaining({ code: "socketio/invalid-option", message: expect.stringContaining(name) as string }));
    expect(manager[name]()).toBe(0);
  });

  test("timeout: false, as an option and set: no attempt ends for its time", async () => {
    const place = world();
    for (const manager of [place.client({ autoConnect: false, timeout: false }).io, place.client({ autoConnect: false }).io.timeout(false)]) {
      expect(manager.timeout()).toBe(Infinity);
    }
    const asked: string[] = [];
    const socket = place.client({ timeout: false, url: () => {
      asked.push("once");
      return new Promise<string>(() => undefined);
    } });
    await settle();
    await pass(place, 1e9);
    expect([asked, socket.active, socket.io.isReconnecting]).toEqual([["once"], true, false]);
    socket.disconnect();
  });

  test("what is set holds from the next wait on", async () => {
    const place = world();
    const socket = place.client();
    await settle();
    socket.io.reconnectionDelay(10).reconnectionDelayMax(15).randomizationFactor(0).reconnectionAttempts(2).timeout(99);
    place.isUp = false;
    place.cut();
    await pass(place, 9);
    expect(place.dialled).toHaveLength(1);
    await pass(place, 1);
    await pass(place, 14);
    expect(place.dialled).toHaveLength(2);
    await pass(place, 1);
    await pass(place, 1e6);
    expect([place.dialled.length, socket.active]).toEqual([3, false]);
  });

  test("reconnection(false) ends a wait for another attempt, and whoever waits for that; true is for the next loss", async () => {
    const place = world();
    const socket = place.client();
    await settle();
    expect(socket.io.reconnection()).toBe(true);
    place.cut();
    const waiting = socket.timeout(1e6).emitWithAck("x").then(() => undefined, (error: unknown) => error);
    expect(socket.io.reconnection(false)).toBe(socket.io);
    expect([socket.io.reconnection(), socket.io.isReconnecting, socket.active]).toEqual([false, false, false]);
    expect(await waiting).toMatchObject({ name: "DisconnectedError" });
    await pass(place, 1e6);
    expect(place.dialled).toHaveLength(1);
    socket.io.reconnection(true);
    socket.connect();
    await settle();
    place.cut();
    await pass(place, 1100);
    expect([socket.connected, place.dialled.length]).toEqual([true, 3]);
  });

  test("bufferPolicy is one of three", () => {
    expect(() => world().client({ bufferPolicy: "newset" as "newest" })).toThrow(expect.objectContaining({ code: "socketio/invalid-option", message: expect.stringContaining("bufferPolicy") as string }));
  });
});

test("who is told that it is over may connect a neighbour, which is left alone then", async () => {
  const place = world();
  place.server.of("/other");
  const socket = place.client({ reconnectionAttempts: 1 });
  const other = socket.io.socket("/other");
  await settle();
  place.isUp = false;
  place.cut();
  const told: unknown[] = [];
  socket.timeout(1e6).emit("x", (error: unknown) => {
    told.push(error);
    other.connect();
  });
  other.onFinal = (reason) => void told.push(reason);
  place.clock.advance(1000);
  place.isUp = true; // the attempt that is under way fails nevertheless
  await settle();
  expect(told).toMatchObject([{ name: "DisconnectedError" }]);
  expect([socket.active, other.connected, place.dialled.length]).toEqual([false, true, 3]);
});

test("events: error for each attempt that fails, reconnect_error for those that were repeated, ping for heartbeats", async () => {
  const place = world();
  place.isUp = false;
  const { io: manager } = place.client();
  const heard: unknown[] = [];
  for (const event of ["error", "reconnect_error"] as const) manager.on(event, ({ message }) => void heard.push([event, message]));
  manager.on("ping", (...args) => void heard.push(["ping", args]));
  await settle();
  await pass(place, 1100);
  const refused = "connection refused";
  expect(heard).toEqual([["error", refused], ["error", refused], ["reconnect_error", refused]]);
  place.isUp = true;
  await pass(place, 2100);
  (manager.engine as unknown as { emit(event: string): void }).emit("heartbeat");
  expect(heard.slice(3)).toEqual([["ping", []]]);
});

describe("names of namespaces", () => {
  test("with or without the slash; each once", async () => {
    const place = world();
    place.server.of("/chat");
    const socket = place.client({}, "chat");
    await settle();
    expect([socket.nsp, socket.connected, socket.io.socket("/chat") === socket, socket.io.socket("").nsp]).toEqual(["/chat", true, true, "/"]);
  });

  const refused = ["/a,b", "a?b=1", `/${"a".repeat(256)}`];
  test.each(refused)("%j cannot travel: BadNamespaceError, at once", (name) => {
    const { io: manager } = world().client({ autoConnect: false });
    const error = expect.objectContaining({ name: "BadNamespaceError", code: "socketio/bad-namespace" }) as Error;
    expect(() => manager.socket(name)).toThrow(error);
    expect(manager.socket("a".repeat(255)).nsp).toHaveLength(256);
    expect([...manager.nsps.keys()]).toHaveLength(2);
  });

  test("maxNamespaceLength is the limit", () => {
    const { io: manager } = world().client({ autoConnect: false, maxNamespaceLength: 5 });
    expect(manager.socket("/four").nsp).toBe("/four");
    expect(() => manager.socket("/fives")).toThrow("5 characters");
  });

  test("io() that throws leaves no connection behind that nobody asked for", async () => {
    for (const [address, options] of [["http://one.example/a,b", {}], ["http://other.example/", { retries: -1 }]] as const) {
      const clock = new FakeClock();
      let attempts = 0;
      const url = (): string => {
        attempts++;
        throw new Error("nowhere");
      };
      expect(() => io(address, { ...options, clock, url })).toThrow();
      await settle();
      clock.advance(60_000);
      await settle();
      expect(attempts).toBe(1);
    }
  });
});
