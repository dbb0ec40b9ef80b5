/** Namespaces that come and go, over an engine in memory. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { InMemoryAdapter, type InterServerError } from "../src/server.js";
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

  test("serverSideEmitWithAck: servers that do not answer reject it, with the replies of those that do", async () => {
    const silent = new Error("only 1 of 2 servers answered");
    class Cluster extends InMemoryAdapter {
      override serverSideEmit(packet: unknown[]): void {
        (packet.at(-1) as (error: Error, replies: unknown[]) => void)(silent, ["one"]);
      }
    }
    const place = world({ adapter: Cluster });
    const error: unknown = await place.server.serverSideEmitWithAck("ping-all").catch((failure: unknown) => failure);
    expect([error, (error as InterServerError).responses]).toEqual([silent, ["one"]]);
    let told: unknown;
    place.server.serverSideEmit("ping-all", (failure: Error | null, replies: unknown[]) => void (told = [failure, replies]));
    expect(told).toEqual([silent, ["one"]]);
  });

  test("serverSideEmit: an adapter that fails later rejects for whoever asks, and is reported for whoever tells", async () => {
    class Broken extends InMemoryAdapter {
      override serverSideEmit(): Promise<void> {
        return Promise.reject(new Error("bus is down"));
      }
    }
    const place = world({ adapter: Broken });
    await expect(place.server.serverSideEmitWithAck("ping-all")).rejects.toThrow("bus is down");
    expect(place.failures).toEqual([]);
    place.server.serverSideEmit("ping-all");
    await settle();
    expect(place.failures).toMatchObject([{ error: { message: "bus is down" }, context: { event: "adapter", namespace: "/" } }]);
  });

  test("serverSideEmit refuses what a namespace hears from its own server, serverSideEmitWithAck by rejecting", async () => {
    const { server } = world();
    for (const event of ["connect", "connection", "new_namespace"]) {
      expect(() => server.serverSideEmit(event)).toThrow(expect.objectContaining({ code: "socketio/reserved-event" }));
      await expect(server.serverSideEmitWithAck(event)).rejects.toMatchObject({ code: "socketio/reserved-event" });
    }
    expect(await server.serverSideEmitWithAck("disconnect")).toEqual([]); // no event of a namespace's own
  });
});
