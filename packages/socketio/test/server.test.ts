/** The server's shell over an engine in memory: failures, rooms, ends. No real time. */
import { EngineIOError, SocketIsClosedError } from "@x/errors/engineio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { join, world } from "./memory-engine.js";

describe("failures of handlers", () => {
  test("synchronous and asynchronous ones reach onError with their place, and nothing ends", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    peer.on("sync", () => { throw new Error("sync"); });
    peer.on("async", () => Promise.reject(new Error("async")));
    peer.on("disconnect", () => { throw new Error("in disconnect"); });
    peer.onAny(() => { throw new Error("any"); });
    peer.on("fine", (ack: (value: string) => void) => ack("fine"));
    socket.emit("sync");
    socket.emit("async");
    expect(await socket.emitWithAck("fine")).toBe("fine");
    socket.disconnect();
    await settle();
    expect(place.failures.map(({ error, context }) => [(error as Error).message, context["event"], context["namespace"], context["socketId"] === peer.id])).toEqual([
      ["any", "*", "/", true], ["sync", "sync", "/", true], ["any", "*", "/", true], ["any", "*", "/", true], ["async", "async", "/", true], ["in disconnect", "disconnect", "/", true],
    ]);
  });

  test("a broadcast to a client that has just hung up is no failure; one that cannot be written is", async () => {
    const place = world();
    await join(place);
    const { socket } = await join(place);
    let heard = 0;
    socket.on("news", () => heard++);
    for (const error of [new SocketIsClosedError("gone"), new EngineIOError("too long")]) {
      const [end] = place.ends;
      end!.sendPrepared = () => { throw error; };
      place.server.emit("news");
    }
    await settle();
    expect([heard, place.failures.map(({ error, context }) => [(error as Error).message, context["event"]])]).toEqual([2, [["too long", "write"]]]);
  });

  test("an event named error, which nobody listens to, is no error", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    socket.emit("error", "x");
    await settle();
    expect([peer.connected, place.failures]).toEqual([true, []]);
  });

  test("socket middleware: may change the event, refuse it, and crash", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    const heard: unknown[] = [];
    peer.use((event, next) => {
      if (event[0] === "bad") next(new Error("refused"));
      else if (event[0] === "crash") throw new Error("crashed");
      else {
        event[1] = "changed";
        next();
      }
    });
    peer.on("error", (error) => void heard.push(error.message));
    for (const name of ["good", "bad", "crash"]) peer.on(name, (value: unknown) => void heard.push([name, value]));
    for (const name of ["good", "bad", "crash"]) socket.emit(name, "given");
    await settle();
    expect(heard).toEqual([["good", "changed"], "refused", "crashed"]);
    expect(place.failures).toHaveLength(1);
  });
});

describe("rooms and broadcasts", () => {
  test("a broadcast is encoded once: every member gets the same prepared packet", async () => {
    const place = world();
    for (let n = 0; n < 3; n++) await join(place);
    place.server.emit("news", { a: 1 }, Buffer.from([1]));
    const last = place.ends.map(({ sent }) => sent.slice(-2));
    expect(last[0]).toHaveLength(2);
    for (const sent of last) sent.forEach((packet, at) => expect(packet).toBe(last[0]?.[at]));
  });

  test("to, except and their kind reach each member once; to([]) nobody", async () => {
    const place = world();
    const pairs = [await join(place), await join(place), await join(place)];
    const heard: string[] = [];
    pairs.forEach(({ socket }, at) => socket.on("x", (what: string) => void heard.push(`${at} ${what}`)));
    const [a, b, c] = pairs.map(({ peer }) => peer);
    void a?.join(["one", "two"]);
    void b?.join("one");
    const { server } = place;
    server.to("one").to("two").emit("x", "rooms");
    server.to(["one", "two"]).except("two").emit("x", "except");
    server.to([]).emit("x", "nobody");
    server.in("nowhere").emit("x", "nowhere");
    a?.to("one").emit("x", "others");
    c?.broadcast.emit("x", "broadcast");
    server.except(c?.id ?? "").emit("x", "not c");
    const kept = server.to("one");
    kept.to("two").emit("x", "chained");
    kept.emit("x", "kept");
    await settle();
    expect(heard.toSorted()).toEqual([
      "0 broadcast", "0 chained", "0 kept", "0 not c", "0 rooms", "1 broadcast", "1 chained", "1 except", "1 kept", "1 not c", "1 others", "1 rooms",
    ]);
    expect(await server.to([]).fetchSockets()).toEqual([]);
    server.to([]).disconnectSockets();
    expect(a?.connected).toBe(true);
  });

  test("adapter events tell of rooms; a disconnect leaves them all, after 'disconnecting'", async () => {
    const place = world();
    const log: unknown[] = [];
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) place.server.sockets.adapter.on(event, (...args: unknown[]) => log.push([event, ...args]));
    const { socket, peer } = await join(place);
    await peer.join("a");
    peer.on("disconnecting", (reason) => void log.push([reason, [...peer.rooms]]));
    peer.on("disconnect", () => void log.push([...peer.rooms]));
    socket.disconnect();
    await settle();
    const { id } = peer;
    expect(log).toEqual([
      ["create-room", id], ["join-room", id, id], ["create-room", "a"], ["join-room", "a", id],
      ["client namespace disconnect", [id, "a"]],
      ["leave-room", id, id], ["delete-room", id], ["leave-room", "a", id], ["delete-room", "a"], [],
    ]);
  });

  test("maxRoomsPerSocket: at the limit, and one more; none of too many is joined", async () => {
    const place = world({ maxRoomsPerSocket: 3 });
    const { peer } = await join(place);
    await peer.join(["a", "b"]);
    await peer.join("a");
    expect(() => peer.join(["b", "c"])).toThrow(expect.objectContaining({ code: "socketio/too-many-rooms" }));
    expect([...peer.rooms]).toEqual([peer.id, "a", "b"]);
    const { peer: other } = await join(place);
    expect(() => place.server.socketsJoin("c")).toThrow(expect.objectContaining({ code: "socketio/too-many-rooms" }));
    expect([...other.rooms]).toEqual([other.id, "c"]);
  });

  test("fetchSockets answers what can be joined, left, told and disconnected", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    peer.data = { name: "Ada" };
    const [remote] = await place.server.fetchSockets();
    expect(remote).toBe(peer); // of this server: its rooms and data are no copies
    await remote?.join("room");
    expect(peer.rooms.has("room")).toBe(true);
    await remote?.leave("room");
    expect(peer.rooms.has("room")).toBe(false);
    const heard: unknown[] = [];
    socket.on("x", (value) => void heard.push(value));
    remote?.emit("x", 1);
    await settle();
    remote?.disconnect();
    await settle();
    expect([heard, socket.connected]).toEqual([[1], false]);
  });

  test("volatile events are dropped where the connection is not ready", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    const heard: unknown[] = [];
    socket.on("x", (value) => void heard.push(value));
    peer.volatile.emit("x", 1);
    place.ends[0]?.writeBuffer.push("waiting");
    peer.volatile.emit("x", 2);
    place.server.volatile.emit("x", 3);
    peer.emit("x", 4);
    await settle();
    expect(heard).toEqual([1, 4]);
  });
});

test("disconnect(true) ends the connection; close() ends everything with 'server shutting down'", async () => {
  const place = world();
  const reasons: unknown[] = [];
  place.server.on("connection", (socket) => void socket.on("disconnect", (reason) => void reasons.push(reason)));
  const { peer } = await join(place);
  peer.disconnect(true);
  expect(place.ends[0]?.readyState).toBe("closed");
  await join(place);
  await place.server.close();
  expect(reasons).toEqual(["server namespace disconnect", "server shutting down"]);
});

test("disconnect(true) of a socket that has left does not end the connection, which may be another namespace's", async () => {
  const place = world();
  place.server.of("/other");
  const { socket, peer } = await join(place);
  const other = socket.io.socket("/other");
  await settle();
  peer.disconnect();
  peer.disconnect(true);
  await settle();
  expect([socket.connected, other.connected]).toEqual([false, true]);
});

test("a message that the engine refuses is reported; when it was part of a packet, the connection ends", async () => {
  const place = world();
  const { peer } = await join(place);
  const [end] = place.ends;
  if (end !== undefined) end.send = (data) => {
    if (typeof data !== "string" || data.length > 100) throw new Error("too long");
    return Promise.resolve();
  };
  peer.emit("text", "x".repeat(100));
  expect([peer.connected, place.failures.length]).toEqual([true, 1]);
  peer.emit("bytes", new Uint8Array(1));
  expect([peer.connected, place.failures.length]).toEqual([false, 2]);
});

test("options out of range are refused by name", () => {
  for (const name of ["maxAttachments", "connectTimeout", "maxRoomsPerSocket", "maxPendingAcks", "maxNamespacesPerConnection"]) {
    expect(() => world({ [name]: 0 })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
    expect(() => world({ [name]: Number.NaN })).toThrow(name);
  }
  expect(() => world({ maxAckIdDigits: 16 })).toThrow("maxAckIdDigits");
});
