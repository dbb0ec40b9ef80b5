/**
 * Every public member of the official server's classes, as its own declarations list them, is here. The type checker is the
 * test; what is left out is named, so that a new member of theirs, or one that ours loses, fails to compile.
 */
import { settle } from "@x/testkit";
import type * as official from "socket.io";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { BroadcastOperator, Namespace, RemoteSocket, Server, ServerOptions, Socket } from "../src/server.js";
import { world } from "./memory-engine.js";

/** Theirs that ours lacks; what begins with `_` is for their own files. */
type Lacks<Theirs, Ours> = Exclude<Exclude<keyof Theirs, keyof Ours>, symbol | `_${string}`>;

/** Nobody's to call: an emitter of their own making. */
type Emitters = "setMaxListeners" | "getMaxListeners" | "rawListeners";

describe("the official server's members", () => {
  test("Server: all; attachApp() says that uWebSockets.js, which is on no registry, is not supported", () => {
    expectTypeOf<Lacks<official.Server, Server>>().toEqualTypeOf<never>();
    expect(() => world().server.attachApp({})).toThrow(expect.objectContaining({ code: "socketio/unsupported" }));
  });

  test("ServerOptions: all but the WebSocket engine, which is our own", () => {
    expectTypeOf<Lacks<official.ServerOptions, ServerOptions>>().toEqualTypeOf<"wsEngine">();
  });

  test("Namespace, Socket, BroadcastOperator, RemoteSocket, handshake", () => {
    expectTypeOf<Lacks<official.Namespace, Namespace>>().toEqualTypeOf<never>();
    expectTypeOf<Lacks<official.Socket, Socket>>().toEqualTypeOf<never>();
    expectTypeOf<Lacks<official.BroadcastOperator<official.DefaultEventsMap, unknown>, BroadcastOperator<official.DefaultEventsMap, unknown>>>().toEqualTypeOf<never>();
    expectTypeOf<Lacks<official.RemoteSocket<official.DefaultEventsMap, unknown>, RemoteSocket<official.DefaultEventsMap, unknown>>>().toEqualTypeOf<never>();
    expectTypeOf<Lacks<official.Socket["handshake"], Socket["handshake"]>>().toEqualTypeOf<never>();
    expectTypeOf<Lacks<official.Socket["client"], Socket["client"]>>().toEqualTypeOf<never>();
  });

  test("the Engine.IO socket under a socket: its emitter is the library's own, and upgrading is the transports' affair", () => {
    expectTypeOf<Lacks<official.Socket["conn"], Socket["conn"]>>().toEqualTypeOf<Emitters | "upgrading">();
  });
});

describe("members that answer without an argument, and set with one", () => {
  test("path(), connectTimeout(), serveClient(), adapter()", () => {
    const { server } = world();
    expect([server.path(), server.connectTimeout(), server.serveClient()]).toEqual(["/socket.io", 45_000, true]);
    expect(server.serveClient(false).serveClient()).toBe(false);
    expect([server.path("/live").path(), server.connectTimeout(500).connectTimeout()]).toEqual(["/live", 500]);
    expect(() => server.connectTimeout(0)).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
    expect(server.adapter(server.adapter())).toBe(server);
  });

  test("connectTimeout() holds for clients that come later", async () => {
    const place = world();
    place.server.connectTimeout(500).use(() => undefined);
    place.client({ reconnection: false });
    await settle();
    place.clock.advance(560);
    expect(place.ends[0]?.readyState).toBe("closed");
  });

  test("Node's listener limits do nothing; prependOnceListener() is called first, and once", async () => {
    const place = world();
    const calls: string[] = [];
    let peer: Socket | undefined;
    place.server.on("connection", () => calls.push("on")).prependOnceListener("connection", (socket) => {
      peer = socket;
      calls.push("once");
    });
    place.client();
    place.client();
    await settle();
    expect(calls).toEqual(["once", "on", "on"]);
    expect([place.server.setMaxListeners(0), peer?.setMaxListeners(99).getMaxListeners()]).toEqual([place.server, 0]);
    expect(place.server.rawListeners("connection")).toHaveLength(1);
  });
});
