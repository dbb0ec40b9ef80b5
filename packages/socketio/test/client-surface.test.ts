/**
 * Every public member of the official client's classes, as its own declarations list them, is here. The type checker is the test;
 * what is left out is named, so that a new member of theirs, or one that ours loses, fails to compile.
 */
import { settle } from "@x/testkit";
import type * as official from "socket.io-client";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type ClientOptions, io, Manager, type ManagerEvents, type Socket } from "../src/client.js";
import { world } from "./memory-engine.js";

/** Theirs that ours lacks; what begins with `_` is for their own files. */
type Lacks<Theirs, Ours> = Exclude<Exclude<keyof Theirs, keyof Ours>, symbol | `_${string}`>;

/** Methods that answer the object itself, so that calls can be chained. */
type Chained<Type> = { [Name in keyof Type]: Type[Name] extends (...args: never) => infer Result ? ([Type, Result] extends [Result, Type] ? Name : never) : never }[keyof Type];

describe("the official client's members", () => {
  test("Socket: all but its two queues, which are bounded by maxBufferedEvents", () => {
    expectTypeOf<Lacks<official.Socket, Socket>>().toEqualTypeOf<"receiveBuffer" | "sendBuffer">();
  });
  test("Manager: its events are its own to emit", () => {
    expectTypeOf<Lacks<official.Manager, Manager>>().toEqualTypeOf<"emit">();
    expectTypeOf<Lacks<official.ManagerReservedEvents, ManagerEvents>>().toEqualTypeOf<never>();
  });
  test("calls of Socket and Manager are chained where theirs are; modifiers do not stick, so that theirs answer values", () => {
    expectTypeOf<Exclude<Chained<official.Socket>, Chained<Socket> | `_${string}`>>().toEqualTypeOf<"compress" | "timeout">();
    expectTypeOf<Exclude<Chained<official.Manager>, Chained<Manager> | `_${string}`>>().toEqualTypeOf<"emit">();
    expectTypeOf<Chained<official.Socket>>().extract<"emit">().toEqualTypeOf<"emit">();
    const { io: manager } = world().client({ autoConnect: false });
    const socket: Socket = manager.socket("/");
    expect(socket.emit("a").emit("b", 1).send("c").volatile.emit("d").timeout(100).emit("e", () => undefined).compress(true).emit("f")).toBe(socket);
    const retrying = manager.socket("/retrying", { retries: 1 });
    expect(retrying.emit("a").emit("b", () => undefined)).toBe(retrying);
  });
  test("Socket: open(), close(), send() as it arrives, and what takes a catch-all listener away", async () => {
    const place = world();
    const heard: unknown[] = [];
    place.server.on("connection", (peer) => void peer.on("message", (...args: unknown[]) => void heard.push(args)));
    const socket = place.client({ autoConnect: false });
    expect(socket.open()).toBe(socket);
    await settle();
    const told: string[] = [];
    const [first, second] = [() => void told.push("first"), () => void told.push("second")];
    socket.onAnyOutgoing(second).prependAnyOutgoing(first).onAny(first).onAny(second);
    socket.send("text", 1);
    expect(socket.offAny(first).listenersAny()).toEqual([second]);
    expect(socket.offAnyOutgoing(second).offAnyOutgoing(() => undefined).listenersAnyOutgoing()).toEqual([first]);
    socket.write("again");
    await settle();
    expect([heard, told]).toEqual([[["text", 1], ["again"]], ["first", "second", "first"]]);
    expect([socket.close(), socket.connected]).toEqual([socket, false]);
  });
  test("io.connect() is io()", () => {
    const socket = io.connect("http://chained.example/ns", { autoConnect: false });
    expect([socket.nsp, socket.io.uri]).toEqual(["/ns", "http://chained.example"]);
  });
  test("new Manager(): with an address, with options, with both; in a page with neither", () => {
    const options = { autoConnect: false, path: "/live" };
    expect([new Manager("http://a.example", options).uri, new Manager("http://a.example", options).opts.path]).toEqual(["http://a.example", "/live"]);
    const { opts } = new Manager("http://a.example", { ...options });
    opts.transports = ["polling"]; // as many programs do when an attempt fails
    expect(opts).toEqual({ ...options, transports: ["polling"] });
    expect(() => new Manager(options)).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
    Object.assign(globalThis, { location: { protocol: "https:", host: "page.example" } });
    try {
      expect([new Manager(options).uri, new Manager(undefined, options).opts.path]).toEqual(["https://page.example", "/live"]);
    } finally {
      Reflect.deleteProperty(globalThis, "location");
    }
  });
  test("options of io(): the address says where, and transports are given as such", () => {
    expectTypeOf<Lacks<official.ManagerOptions & official.SocketOptions, ClientOptions>>().toEqualTypeOf<"port" | "secure" | "hostname" | "transportImplementations">();
  });
  test("io()", () => {
    expectTypeOf<Lacks<typeof official.io, typeof io>>().toEqualTypeOf<never>();
  });
});
