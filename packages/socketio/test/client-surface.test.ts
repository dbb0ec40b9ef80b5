/**
 * Every public member of the official client's classes, as its own declarations list them, is here. The type checker is the test;
 * what is left out is named, so that a new member of theirs, or one that ours loses, fails to compile.
 */
import type * as official from "socket.io-client";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { io} from "../src/client.js";
import { type ClientOptions, Manager, type ManagerEvents, type Socket } from "../src/client.js";

/** Theirs that ours lacks; what begins with `_` is for their own files. */
type Lacks<Theirs, Ours> = Exclude<Exclude<keyof Theirs, keyof Ours>, symbol | `_${string}`>;

describe("the official client's members", () => {
  test("Socket: all but its two queues, which are bounded by maxBufferedEvents", () => {
    expectTypeOf<Lacks<official.Socket, Socket>>().toEqualTypeOf<"receiveBuffer" | "sendBuffer">();
  });
  test("Manager: its events are its own to emit", () => {
    expectTypeOf<Lacks<official.Manager, Manager>>().toEqualTypeOf<"emit">();
    expectTypeOf<Lacks<official.ManagerReservedEvents, ManagerEvents>>().toEqualTypeOf<never>();
  });
  test("new Manager(): with an address, with options, with both; in a page with neither", () => {
    const options = { autoConnect: false, path: "/live" };
    expect([new Manager("http://a.example", options).uri, new Manager("http://a.example", options).opts.path]).toEqual(["http://a.example", "/live"]);
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
