/** What the server awaits: bounded, timed, lost. Over an engine in memory; no real time. */
import { TimeoutError } from "@x/errors/socketio";
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { join, world } from "./memory-engine.js";

describe("acknowledgements", () => {
  test("timeout(ms) rejects with TimeoutError; a late answer does nothing", async () => {
    const place = world();
    const { socket, peer } = await join(place);
    let late: ((value: string) => void) | undefined;
    socket.on("ask", (ack: (value: string) => void) => void (late = ack));
    const answer = peer.timeout(1000).emitWithAck("ask");
    const outcome = expect(answer).rejects.toMatchObject({ name: "TimeoutError", code: "socketio/ack-timeout", afterMs: 1000 });
    await settle();
    place.clock.advance(1100);
    await outcome;
    late?.("late");
    await settle();
    expect([peer.acks.size, place.failures]).toEqual([0, []]);
  });

  test("emitWithAck rejects with DisconnectedError when the socket ends, and at once afterwards", async () => {
    const place = world();
    const { peer } = await join(place);
    const lost = expect(peer.emitWithAck("ask")).rejects.toMatchObject({ name: "DisconnectedError", reason: "server namespace disconnect" });
    peer.disconnect();
    await lost;
    await expect(peer.emitWithAck("ask")).rejects.toMatchObject({ name: "DisconnectedError" });
  });

  test("maxPendingAcks: at the limit, and one more", async () => {
    const place = world({ maxPendingAcks: 2 });
    const { peer } = await join(place);
    peer.emit("a", () => undefined);
    peer.emit("b", () => undefined);
    expect(() => peer.emit("c", () => undefined)).toThrow(expect.objectContaining({ code: "socketio/too-many-acks" }));
    await expect(peer.emitWithAck("c")).rejects.toMatchObject({ code: "socketio/too-many-acks" });
  });

  test("a broadcast's timeout carries the responses it got", async () => {
    const place = world();
    const [first, second] = [await join(place), await join(place)];
    first.socket.on("who", (ack: (value: string) => void) => ack("first"));
    second.socket.on("who", () => undefined);
    const timers = place.clock.pending;
    const outcome = place.server.timeout(500).emitWithAck("who").then(() => undefined, (error: unknown) => error);
    await settle();
    place.clock.advance(500);
    expect(await outcome).toBeInstanceOf(TimeoutError);
    expect(await outcome).toMatchObject({ responses: ["first"] });
    let replies: unknown;
    place.server.to("nobody").timeout(500).emit("who", (...args: unknown[]) => void (replies = args));
    await settle();
    expect(replies).toEqual([null, []]);
    expect(place.clock.pending).toBe(timers);
  });

  test("a broadcast without timeout(ms) waits for a minute: a client that leaves sends no reply", async () => {
    const place = world();
    const { socket } = await join(place);
    const outcome = place.server.emitWithAck("who").then(() => undefined, (error: unknown) => error);
    await settle();
    socket.disconnect();
    place.clock.advance(59_999);
    expect(await Promise.race([outcome, Promise.resolve("waits")])).toBe("waits");
    place.clock.advance(1);
    expect(await outcome).toMatchObject({ code: "socketio/ack-timeout", afterMs: 60_000, responses: [] });
  });

  test("maxPendingAcks: broadcasts that a client never answers take no place for longer than they wait", async () => {
    const place = world({ maxPendingAcks: 2 });
    const { socket, peer } = await join(place);
    socket.on("ask", (ack: (value: string) => void) => ack("fine"));
    for (let n = 0; n < 3; n++) place.server.timeout(500).emit("unheard of", () => undefined);
    await settle();
    expect(peer.acks.size).toBe(2);
    place.clock.advance(560);
    expect(peer.acks.size).toBe(0);
    expect(await peer.emitWithAck("ask")).toBe("fine");
  });

  test("reserved names throw everywhere", async () => {
    const place = world();
    const { peer } = await join(place);
    for (const emit of [() => peer.emit("connect"), () => place.server.emit("disconnect"), () => peer.to("a").emit("disconnecting"), () => place.server.serverSideEmit("connect")]) {
      expect(emit).toThrow(expect.objectContaining({ code: "socketio/reserved-event" }));
    }
  });
});
