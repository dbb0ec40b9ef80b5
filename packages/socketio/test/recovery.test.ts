/** Connection state recovery over an engine in memory: both ends ours, no real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { world } from "./memory-engine.js";
import { arrival, comeBack, heard, join, keptBy, recovering } from "./recovering.js";

describe("a client that comes back", () => {
  test("has its id, rooms, data and every missed event, binary ones too; listeners see no offset", async () => {
    const place = recovering();
    const { socket, peer } = await join(place);
    const events = heard(socket);
    await peer.join(["red", "blue"]);
    await peer.leave("blue");
    peer.data = { name: "Ada" };
    place.server.to("red").emit("before", 1);
    await settle();
    place.cut();
    const bytes = new Uint8Array([1, 2, 3]);
    place.server.to("red").emit("missed", { bytes });
    bytes.fill(0); // the application's memory is its own again
    place.server.to("blue").emit("not in it");
    place.server.except("red").emit("excepted");
    place.server.to(peer.id).emit("to its own room");
    place.server.emit("to all", "text");
    expect(events).toEqual([["before", 1]]);
    const arrived = arrival(place);
    const { id } = peer;
    await comeBack(place);
    const back = await arrived;
    expect([back.id, socket.id, back.recovered, socket.recovered]).toEqual([id, id, true, true]);
    expect(back.recovery).toEqual({ outcome: "recovered", missed: 3 });
    expect(socket.recovery).toEqual({ outcome: "recovered", missed: 3 });
    expect([...back.rooms].sort()).toEqual([id, "red"].sort());
    expect(back.data).toEqual({ name: "Ada" });
    expect(events.slice(1)).toEqual([["missed", { bytes: Buffer.from([1, 2, 3]) }], ["to its own room"], ["to all", "text"]]);
  });

  test("does so again and again, and with nothing missed", async () => {
    const place = recovering();
    const { socket } = await join(place);
    const events = heard(socket);
    for (let round = 0; round < 3; round++) {
      place.cut();
      if (round !== 1) place.server.emit("round", round);
      await comeBack(place, 10_000);
      expect(socket.recovered).toBe(true);
    }
    place.server.emit("live");
    await settle();
    expect(events).toEqual([["round", 0], ["round", 2], ["live"]]);
  });

  test("does so in each of its namespaces", async () => {
    const place = recovering();
    place.server.of("/chat");
    const { socket } = await join(place);
    const chat = socket.io.socket("/chat");
    const [inRoot, inChat] = [heard(socket), heard(chat)];
    await settle();
    place.cut();
    place.server.emit("root");
    place.server.of("/chat").emit("chat");
    await comeBack(place);
    expect([inRoot, inChat]).toEqual([[["root"]], [["chat"]]]);
    expect([socket.recovered, chat.recovered]).toEqual([true, true]);
  });

  test("takes over from the socket that the server still holds for alive", async () => {
    const place = recovering();
    const { socket, peer } = await join(place);
    const events = heard(socket);
    const reasons: string[] = [];
    peer.on("disconnect", (reason) => void reasons.push(reason));
    peer.data = { count: 1 };
    void peer.join("red");
    const [end] = place.ends.splice(0);
    end?.other?.end("transport close"); // the server hears nothing of it
    place.server.to("red").emit("into the void");
    const arrived = arrival(place);
    await comeBack(place);
    const back = await arrived;
    expect(reasons).toEqual(["transport close"]);
    expect([back.id, back.data, back.recovered, place.server.sockets.sockets.size]).toEqual([peer.id, { count: 1 }, true, 1]);
    expect(place.server.sockets.sockets.get(peer.id)).toBe(back);
    expect(end?.readyState).toBe("closed");
    expect(events).toEqual([["into the void"]]);
    place.server.to("red").emit("live");
    await settle();
    expect(events).toHaveLength(2);
  });

  test("takes over in a namespace that is full", async () => {
    const place = world({ connectionStateRecovery: {}, maxSocketsPerNamespace: 1 });
    const { socket } = await join(place);
    place.ends.splice(0)[0]?.other?.end("transport close"); // the server hears nothing of it
    await comeBack(place);
    expect([socket.connected, socket.recovered]).toEqual([true, true]);
  });

  test("gets what was sent to a room while it was in it, not what was sent before or after", async () => {
    const place = recovering();
    const { socket, peer } = await join(place);
    const events = heard(socket);
    place.ends[0]?.other?.end("transport close");
    place.server.to("red").emit("red", "before");
    void peer.join("red");
    place.server.to("red").emit("red", "during");
    void peer.leave("red");
    place.server.to("red").emit("red", "after");
    place.ends.splice(0)[0]?.end("transport close");
    place.server.to("red").emit("red", "away");
    await comeBack(place);
    expect(events).toEqual([["red", "during"]]);
  });

  test("does not get volatile events, nor events that wanted an acknowledgement, and takes no text for an offset", async () => {
    const place = recovering();
    const { socket, peer } = await join(place);
    const events = heard(socket);
    peer.emit("kept", "text");
    peer.volatile.emit("volatile", "text");
    await settle();
    place.cut();
    place.server.volatile.emit("volatile", "lost");
    place.server.timeout(1).emit("asked", "lost", () => undefined);
    place.server.emit("kept", "more");
    await comeBack(place);
    expect(events).toEqual([["kept", "text"], ["volatile", "text"], ["kept", "more"]]);
  });

  test("gets what a quiet namespace sent although what it saw last is long gone", async () => {
    const place = recovering({ maxDisconnectionDuration: 60_000 });
    const { socket } = await join(place);
    const events = heard(socket);
    place.server.emit("old");
    await settle();
    place.clock.advance(600_000);
    expect(keptBy(place).kept).toEqual({ packets: 0, bytes: 0 });
    place.cut();
    place.server.emit("new");
    await comeBack(place, 59_000);
    expect([socket.recovered, events]).toEqual([true, [["old"], ["new"]]]);
  });

  test("finds a dynamic namespace that nobody else was in", async () => {
    const place = recovering({ maxDisconnectionDuration: 5000 });
    place.server.of(/^\/room-\d$/);
    const socket = place.client({}, "/room-1");
    const events = heard(socket);
    await settle();
    place.cut();
    place.server.of("/room-1").emit("missed");
    await comeBack(place);
    expect([socket.recovered, events]).toEqual([true, [["missed"]]]);
    socket.disconnect();
    await settle();
    expect(place.server._nsps.has("/room-1")).toBe(false);
  });
});

describe("middleware", () => {
  test.each([[true, 1], [false, 2]])("skipMiddlewares %s: asked %i times", async (skipMiddlewares, times) => {
    const place = recovering({ skipMiddlewares });
    const seen: unknown[] = [];
    place.server.use((socket, next) => {
      seen.push(socket.recovered);
      setImmediate(next);
    });
    const { socket, peer } = await join(place);
    const events = heard(socket);
    place.cut();
    place.server.to(peer.id).emit("missed");
    await comeBack(place);
    expect(seen).toEqual([false, true].slice(0, times));
    expect([socket.recovered, events]).toEqual([true, [["missed"]]]);
  });

  test("that refuses leaves the old socket alone, if the server still holds it for alive", async () => {
    const place = recovering({ skipMiddlewares: false });
    let isWelcome = true;
    place.server.use((_socket, next) => next(isWelcome ? undefined : new Error("not now")));
    const { peer } = await join(place);
    void peer.join("red");
    isWelcome = false;
    place.ends.splice(0)[0]?.other?.end("transport close"); // the server hears nothing of it
    await comeBack(place);
    expect([peer.connected, [...peer.rooms].sort()]).toEqual([true, [peer.id, "red"].sort()]);
  });

  test("that refuses leaves the session to another attempt", async () => {
    const place = recovering({ skipMiddlewares: false });
    let isWelcome = true;
    place.server.use((_socket, next) => next(isWelcome ? undefined : new Error("not now")));
    const { socket } = await join(place);
    const events = heard(socket);
    isWelcome = false;
    place.cut();
    place.server.emit("missed");
    await comeBack(place);
    expect(socket.active).toBe(false);
    isWelcome = true;
    socket.connect();
    await settle();
    expect([socket.recovered, events]).toEqual([true, [["missed"]]]);
  });
});
