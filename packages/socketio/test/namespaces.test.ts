/** Namespaces that come and go, over an engine in memory. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { world } from "./memory-engine.js";

describe("namespaces", () => {
  test("dynamic ones come by RegExp and function, take over what was registered, and go when empty", async () => {
    const place = world();
    const { server } = place;
    const born: string[] = [];
    server.on("new_namespace", (nsp) => void born.push((nsp as { name: string }).name));
    const parent = server.of(/^\/n\d$/).use((_socket, next) => next());
    parent.on("connection", (socket) => void socket.emit("hello", socket.nsp.name));
    server.of((name, auth, next) => next(null, name === "/f" && auth["ok"] === true));
    const heard: unknown[] = [];
    const socket = place.client({}, "/n1");
    socket.on("hello", (name) => void heard.push(name));
    socket.on("all", () => void heard.push("all"));
    await settle();
    parent.emit("all");
    const admitted = place.client({ auth: { ok: true } }, "/f");
    const refused = place.client({}, "/f2");
    await settle();
    expect([heard, admitted.connected, refused.connected]).toEqual([["/n1", "all"], true, false]);
    expect(born).toEqual(["/n1", "/f"]);
    socket.disconnect();
    await settle();
    expect([...server._nsps.keys()]).toEqual(["/", "/f"]);
    await expect(parent.fetchSockets()).rejects.toMatchObject({ code: "socketio/bad-namespace" });
  });

  test("a dynamic one goes as well when nobody was let in, or the client left while middleware ran", async () => {
    const place = world();
    const waiting: (() => void)[] = [];
    place.server.of(/n/).use((socket, next) => {
      void socket.join("room");
      if (socket.nsp.name === "/n-refused") next(new Error("no"));
      else waiting.push(next);
    });
    place.client({}, "/n-refused");
    place.client({ reconnection: false }, "/n-left");
    await settle();
    expect([...place.server._nsps.keys()]).toEqual(["/", "/n-left"]);
    const { adapter } = place.server.of("/n-left");
    expect(adapter.sids.size).toBe(1);
    place.cut();
    expect([adapter.sids.size, [...place.server._nsps.keys()]]).toEqual([0, ["/"]]);
    waiting[0]?.();
    expect([adapter.sids.size, place.failures]).toEqual([0, []]);
  });

  test("cleanupEmptyChildNamespaces: false keeps them", async () => {
    const place = world({ cleanupEmptyChildNamespaces: false });
    place.server.of(/n/);
    const socket = place.client({}, "/n");
    await settle();
    socket.disconnect();
    await settle();
    expect(place.server._nsps.has("/n")).toBe(true);
  });

  test("a matcher that throws refuses and is reported", async () => {
    const place = world();
    place.server.of(() => { throw new Error("broken"); });
    let message = "";
    place.client({}, "/x").on("connect_error", (error) => void (message = error.message));
    await settle();
    expect([message, place.failures.length]).toEqual(["Invalid namespace", 1]);
  });

  test("serverSideEmit: there is no other server; what one would send reaches the listeners", async () => {
    const place = world();
    const heard: unknown[] = [];
    place.server.on("ping-all", (value: unknown) => void heard.push(value));
    expect(await place.server.serverSideEmitWithAck("ping-all")).toEqual([]);
    expect(heard).toEqual([]);
    place.server.sockets._onServerSideEmit(["ping-all", 7]);
    expect(heard).toEqual([7]);
  });
});
