/** What the names of socket.io's Socket do, on the server. That all are there is the type checker's matter, in `surface.test.ts`. */
import { describe, expect, test } from "vitest";
import type { Socket } from "../src/server.js";
import { next, type Pair, place, type Place, type Row, servers, synced } from "./both-servers.js";

const noop = (): void => undefined;

const rows: readonly Row[] = [
  { name: "send(), write(), with and without an acknowledgement", says: [[["message", 1], ["message", 2, "b"], ["message", 3]], true, ["got", 3]], script: async ({ join: enter }) => {
    const { client, peer } = await enter();
    const events: unknown[][] = [];
    client.on("message", (...args: unknown[]) => {
      const ack = args.at(-1);
      events.push(["message", ...args.filter((arg) => typeof arg !== "function")]);
      if (typeof ack === "function") (ack as (...reply: unknown[]) => void)("got", args[0]);
    });
    const chained = peer.send(1).write(2, "b") === peer;
    const reply = await new Promise((resolve) => void peer.send(3, (...args: unknown[]) => resolve(args)));
    return [events, chained, reply];
  } },
  { name: "volatile, compress() and timeout() before the rooms", says: [["volatile", "compressed", "local", "all"], [], ["here"]], script: async ({ join: enter }) => {
    const [from, other] = [await enter(), await enter()];
    const heard: string[] = [];
    const own: string[] = [];
    const note = (list: string[]) => (event: string): void => { if (event !== "sync") list.push(event); };
    other.client.onAny(note(heard));
    from.client.onAny(note(own));
    other.client.on("all", (ack: (place: string) => void) => ack("here"));
    void other.peer.join("room");
    const modified = from.peer.volatile;
    for (const emit of [() => modified.to("room").emit("volatile"), () => modified.except("room").emit("nobody"), () => from.peer.compress(false).in("room").emit("compressed"), () => from.peer.volatile.compress(true).local.emit("local")]) {
      emit();
      await synced(other);
    }
    const replies: unknown = await from.peer.timeout(1000).broadcast.emitWithAck("all");
    await synced(from);
    return [heard, own, replies];
  } },
  { name: "connected, disconnected, rooms: on the way in, there, gone", says: [[false, true, 0], [true, false, 1], [false, true, 0]], script: async ({ io, join: enter }) => {
    const states: unknown[] = [];
    const note = (peer: Socket): void => void states.push([peer.connected, peer.disconnected, peer.rooms.size]);
    io.use((peer, go) => {
      note(peer);
      go();
    });
    const { client, peer } = await enter();
    note(peer);
    const gone = next(peer, "disconnect");
    client.disconnect();
    await gone;
    note(peer);
    return states;
  } },
  { name: "client { id, conn, request, sockets }, request, conn", says: [true, true, true, true, ["/", "/ns"], [true, true], ["/ns"]], script: async ({ io, join: enter }) => {
    const { client, peer } = await enter();
    const arrival = next(io.of("/ns"), "connection");
    const second = client.io.socket("/ns", {});
    await next(second, "connect");
    const [other] = await arrival as [Socket];
    const names = (): string[] => [...peer.client.sockets.values()].map(({ nsp }) => nsp.name).sort();
    const before = names();
    const byId = [peer, other].map((each) => peer.client.sockets.get(each.id) === each);
    const gone = next(peer, "disconnect");
    client.disconnect();
    await gone;
    return [peer.client === other.client, peer.client.id === peer.conn.id, peer.client.request === peer.request, peer.client.conn === peer.conn, before, byId, names()];
  } },
  { name: "handshake: values", says: ["127.0.0.1", false, true, "string", true, "yes", "http://page.example", "a b", "4", { token: "t" }, true], script: async ({ join: enter }) => {
    const before = Date.now();
    const { peer } = await enter({ auth: { token: "t" }, query: { name: "a b" }, extraHeaders: { "x-given": "yes", origin: "http://page.example" } });
    const { address, secure, xdomain, time, issued, url, headers, query, auth } = peer.handshake;
    const isNow = issued >= before && issued <= Date.now() && Math.abs(Date.parse(time) - issued) < 1000;
    return [address, secure, xdomain, typeof time, isNow, headers["x-given"], headers.origin, query["name"], query["EIO"], auth, url === peer.request.url && url.startsWith("/socket.io/?")];
  } },
  { name: "onAny(), prependAny(), offAny(one), offAny(), listenersAny()", says: [["first a", "second a", "second b"], 1, 0], script: async ({ join: enter }) => {
    const { client, peer } = await enter();
    const calls: string[] = [];
    const first = (event: string): void => void calls.push(`first ${event}`);
    peer.onAny((event: string) => void calls.push(`second ${event}`)).prependAny(first);
    peer.on("end", (ack: () => void) => ack());
    client.emit("a");
    await client.emitWithAck("end");
    peer.offAny(first).offAny(noop);
    client.emit("b");
    await client.emitWithAck("end");
    const count = peer.listenersAny().length;
    peer.offAny();
    client.emit("c");
    await client.emitWithAck("end");
    return [calls.filter((call) => !call.endsWith("end")), count, peer.listenersAny().length];
  } },
  { name: "onAnyOutgoing(), prependAnyOutgoing(), offAnyOutgoing(one), offAnyOutgoing(), for events and broadcasts", says: [["first a 1", "second a 1", "first b 2", "second b 2", "second c 3"], 1, 0], script: async ({ io, join: enter }) => {
    const { peer } = await enter();
    const calls: string[] = [];
    const first = (event: string, value: unknown): void => void calls.push(`first ${event} ${String(value)}`);
    peer.onAnyOutgoing((event: string, value: unknown) => void calls.push(`second ${event} ${String(value)}`)).prependAnyOutgoing(first);
    peer.emit("a", 1);
    io.emit("b", 2);
    peer.offAnyOutgoing(first).offAnyOutgoing(noop);
    peer.emit("c", 3);
    const count = peer.listenersAnyOutgoing().length;
    peer.offAnyOutgoing();
    peer.emit("d", 4);
    return [calls, count, peer.listenersAnyOutgoing().length];
  } },
  { name: "conn: packet, packetCreate, drain, close", says: [[["message", '2["from client"]']], [["message", '2["from server"]']], true, ["transport close"]], script: async ({ join: enter }) => {
    const pair = await enter();
    const { client, peer } = pair;
    const [arrived, left]: [unknown[], unknown[]] = [[], []];
    const drained = next(peer.conn, "drain");
    const closed = next(peer.conn, "close");
    peer.conn.on("packet", ({ type, data }) => void arrived.push([type, data]));
    peer.conn.on("packetCreate", ({ type, data }) => void left.push([type, data]));
    const came = next(peer, "from client");
    peer.emit("from server");
    client.emit("from client");
    await came;
    const isDrained = (await drained).length === 0;
    client.io.engine.close();
    return [arrived.slice(0, 1), left.slice(0, 1), isDrained, (await closed).slice(0, 1)];
  } },
  { name: "conn: upgrade", says: ["polling", "websocket", "websocket"], script: async ({ io, join: enter }) => {
    const upgraded = new Promise<string>((resolve) => void io.engine.once("connection", (conn) => void conn.once("upgrade", ({ name }) => resolve(name))));
    const before = new Promise<string>((resolve) => void io.engine.once("connection", ({ transport }) => resolve(transport.name)));
    const { peer } = await enter({ transports: ["polling", "websocket"] });
    return [await before, await upgraded, peer.conn.transport.name];
  } },
  { name: "disconnecting and disconnect: forced close, by the application", says: ["disconnecting forced close", "disconnect forced close"], script: (at) => ended(at, ({ peer }) => void peer.conn.close()) },
  { name: "disconnecting and disconnect: transport error, with an Error, for a message over the limit", says: ["disconnecting transport error Error", "disconnect transport error Error"], script: (at) => ended(at, ({ client }) => void client.emit("x", "y".repeat(2000))) },
  { name: "disconnecting and disconnect: client namespace disconnect", says: ["disconnecting client namespace disconnect", "disconnect client namespace disconnect"], script: (at) => ended(at, ({ client }) => void client.disconnect()) },
  { name: "disconnecting and disconnect: server namespace disconnect, also with the connection", says: ["disconnecting server namespace disconnect", "disconnect server namespace disconnect"], script: (at) => ended(at, ({ peer }) => void peer.disconnect(true)) },
  { name: "disconnecting and disconnect: server shutting down", says: ["disconnecting server shutting down", "disconnect server shutting down"], script: (at) => ended(at, () => void at.io.close()) },
];

/** @returns how a socket ends, and whether an Error describes it. */
async function ended({ join: enter }: Place, end: (pair: Pair) => void): Promise<unknown> {
  const pair = await enter();
  const log: string[] = [];
  const note = (event: string, reason: string, description: unknown): void => void log.push(`${event} ${reason}${description instanceof Error ? " Error" : ""}`);
  pair.peer.on("disconnecting", (reason, description) => note("disconnecting", reason, description));
  const over = new Promise<void>((resolve) => {
    pair.peer.on("disconnect", (reason, description) => {
      note("disconnect", reason, description);
      resolve();
    });
  });
  end(pair);
  await over;
  return log;
}

describe.each(servers)("Socket of %s", (_whose, Class) => {
  test.each(rows)("$name", async ({ says, script }) => {
    expect(await script(await place(Class))).toEqual(says);
  });
});

describe("a difference", () => {
  test.each([
    ["a packet that is none", "9"],
    ["a packet for a namespace that it is not in", '2/nowhere,["a"]'],
  ])("a client that sends %s: its sockets end with parse error, where socket.io says forced close", async (_what, message) => {
    const reasons: unknown[] = [];
    for (const [, Class] of servers) {
      const { client, peer } = await (await place(Class)).join();
      const over = next(peer, "disconnect");
      client.io.engine.write(message);
      reasons.push((await over)[0]);
    }
    expect(reasons).toEqual(["forced close", "parse error"]);
  });
});
