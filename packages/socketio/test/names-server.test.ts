/** What the names of socket.io's Server and Namespace do. That all are there is the type checker's matter, in `surface.test.ts`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Server } from "../src/server.js";
import { heard, join, next, place, type Row, servers, synced } from "./both-servers.js";

const noop = (): void => undefined;

const rows: readonly Row[] = [
  { name: "allSockets(), of a server, a namespace, a room", says: [true, true, true, 0], script: async ({ io, join: enter }) => {
    const [a, b] = [await enter(), await enter()];
    await a.peer.join("room");
    const both = [a.peer.id, b.peer.id].sort().join(",");
    const [all, same, one] = await Promise.all([io.allSockets(), io.of("/").allSockets(), io.in("room").allSockets()]);
    return [[...all].sort().join(",") === both, [...same].sort().join(",") === both, one.has(a.peer.id) && one.size === 1, (await io.of("/other").allSockets()).size];
  } },
  { name: "send() and write(), of server and namespace", says: [[["message", 1, "a"], ["message", 2], ["message", 3], ["message", 4]], true, true], script: async ({ io, join: enter }) => {
    const pair = await enter();
    const events = heard(pair.client);
    const chained = io.send(1, "a").write(2) === io;
    const chainedToo = io.sockets.send(3).write(4) === io.sockets;
    await synced(pair);
    return [events, chained, chainedToo];
  } },
  { name: "off(event, listener), removeAllListeners(event), removeAllListeners()", says: [["a", "b", "ns"], ["b", "ns"], ["ns"], []], script: async ({ io, join: enter }) => {
    let calls: string[] = [];
    const a = (): void => void calls.push("a");
    io.on("connection", a).on("connection", () => void calls.push("b"));
    io.of("/ns").on("connection", () => void calls.push("ns"));
    const visits: string[][] = [];
    for (const change of [noop, () => io.off("connection", a), () => io.removeAllListeners("connection"), () => io.of("/ns").removeAllListeners()]) {
      change();
      await enter();
      await enter({}, "/ns");
      visits.push(calls);
      calls = [];
    }
    return visits;
  } },
  { name: "of(name, listener): as one of \"connect\", which come before those of \"connection\"", says: [["connection first", "of", "connect", "connection"], 2], script: async ({ io, join: enter }) => {
    const calls: string[] = [];
    io.of("/ns").on("connection", () => void calls.push("connection"));
    const namespace = io.of("ns", () => void calls.push("of"));
    io.of("/ns").on("connect", () => void calls.push("connect"));
    io.of("/ns", noop);
    io.of("/ns").off("connect", noop);
    io.on("connection", () => void calls.push("connection first"));
    await enter();
    await enter({}, "/ns");
    return [calls, namespace.listeners("connect").length];
  } },
  { name: "opts; path() without a slash at its end", says: [123, "/live", "/there", "/socket.io"], script: ({ io }) => {
    const Class = io.constructor as typeof Server;
    const other = new Class({ path: "/live/", connectTimeout: 123 });
    return Promise.resolve([other.opts.connectTimeout, other.path(), other.path("/there/").path(), io.path()]);
  } },
  { name: "listen(port), attach(port), attach(HTTP server): httpServer, engine, clients", says: [[true, false, 1], [true, false, 1], [true, true, 1]], script: async ({ io }) => {
    const Class = io.constructor as typeof Server;
    const given = createServer();
    const results: unknown[] = [];
    for (const attach of [(it: Server) => it.listen(0), (it: Server) => it.attach(0), (it: Server) => it.attach(given.listen(0))]) {
      const it = new Class();
      onTestFinished(() => it.close());
      const isChained = attach(it) === it;
      if (!it.httpServer.listening) await once(it.httpServer, "listening");
      const { port } = it.httpServer.address() as AddressInfo;
      await join(it, `http://localhost:${String(port)}`);
      results.push([isChained, it.httpServer === given, it.engine.clientsCount]);
    }
    return results;
  } },
  { name: "close(callback), twice", says: [undefined, "ERR_SERVER_NOT_RUNNING", ["transport close"]], script: async ({ io, join: enter }) => {
    const { client } = await enter();
    const ended = next(client, "disconnect");
    const told: unknown[] = [];
    for (let times = 0; times < 2; times++) await io.close((error) => void told.push((error as NodeJS.ErrnoException | undefined)?.code));
    return [...told, (await ended).slice(0, 1)];
  } },
  { name: "new Server(null, options)", says: ["/live", undefined], script: ({ io }) => {
    const other = new (io.constructor as typeof Server)(null, { path: "/live" });
    return Promise.resolve([other.path(), other.httpServer]);
  } },
  { name: "compress(), volatile, timeout(), of server and namespace: all are told", says: [["compress"], ["volatile"], ["timeout"], ["ns"]], script: async ({ io, join: enter }) => {
    const pair = await enter();
    const events = heard(pair.client);
    for (const emit of [() => io.compress(false).emit("compress"), () => io.volatile.emit("volatile"), () => io.timeout(1000).emit("timeout"), () => io.of("/").compress(true).volatile.emit("ns")]) {
      emit();
      await synced(pair);
    }
    return events;
  } },
  { name: "local, of server, namespace, room, and socket, where there is one server", says: [[["server"], ["namespace"], ["room"], ["peer"]], [["server"], ["namespace"]]], script: async ({ io, join: enter }) => {
    const [a, b] = [await enter(), await enter()];
    const events = [heard(a.client), heard(b.client)];
    await a.peer.join("room");
    io.local.emit("server");
    io.of("/").local.emit("namespace");
    io.to("room").local.emit("room");
    b.peer.local.emit("peer");
    await Promise.all([synced(a), synced(b)]);
    return events;
  } },
];

describe.each(servers)("Server and Namespace of %s", (_whose, Class) => {
  test.each(rows)("$name", async ({ says, script }) => {
    expect(await script(await place(Class))).toEqual(says);
  });
});
