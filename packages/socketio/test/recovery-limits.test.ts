/** Sessions that are not whole, or not there any more, and the limits that make them so. No real time. */
import { settle } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { arrival, comeBack, heard, join, keptBy, recovering } from "./recovering.js";

describe("a session that is not whole, or not there", () => {
  test("partial: events gave way to others; id, rooms and data are back, and what follows is live", async () => {
    const place = recovering({ maxPackets: 2 });
    const { socket, peer } = await join(place);
    const events = heard(socket);
    void peer.join("red");
    place.cut();
    for (let i = 0; i < 3; i++) place.server.to("red").emit("event", i);
    const arrived = arrival(place);
    await comeBack(place);
    const back = await arrived;
    expect(back.recovery).toEqual({ outcome: "partial", reason: "overflow" });
    expect([socket.recovery, socket.recovered, back.recovered]).toEqual([{ outcome: "partial", reason: "overflow" }, false, false]);
    expect([back.id, back.rooms.has("red")]).toEqual([peer.id, true]);
    place.cut();
    place.server.to("red").emit("event", "next");
    await comeBack(place, 10_000);
    expect([socket.recovered, events]).toEqual([true, [["event", "next"]]]);
  });

  test.each([[2, "recovered"], [3, "partial"]])("maxPackets 2, %i events: %s", async (count, outcome) => {
    const place = recovering({ maxPackets: 2 });
    const { socket } = await join(place);
    place.cut();
    for (let i = 0; i < count; i++) place.server.emit("event", i);
    await comeBack(place);
    expect(socket.recovery?.outcome).toBe(outcome);
  });

  test.each([[100, "recovered"], [101, "partial"]])("%i rooms joined and left since its last event: %s", async (count, outcome) => {
    const place = recovering();
    const { socket, peer } = await join(place);
    place.ends[0]?.other?.end("transport close"); // the server hears nothing of it
    for (let i = 0; i < count; i++) {
      void peer.join(`room ${i}`);
      place.server.to(`room ${i}`).emit("event", i);
      void peer.leave(`room ${i}`);
    }
    place.ends.splice(0)[0]?.end("transport close");
    await comeBack(place);
    expect(socket.recovery?.outcome).toBe(outcome);
  });

  test.each([2, 3])("whole: %i events of another room in a log of two are nothing to it", async (count) => {
    const place = recovering({ maxPackets: 2 });
    const { socket } = await join(place);
    const { peer: other } = await join(place);
    void other.join("red");
    place.cut();
    for (let i = 0; i < count; i++) place.server.to("red").emit("event", i);
    await comeBack(place);
    expect(socket.recovery).toEqual({ outcome: "recovered", missed: 0 });
  });

  test.each([
    [{ maxBytes: 200 }, "recovered"],
    [{ maxBytes: 199 }, "partial"],
    [{ maxMissedBytes: 200 }, "recovered"],
    [{ maxMissedBytes: 199 }, "partial"],
  ])("%j for an event of 200 bytes: %s", async (options, outcome) => {
    const place = recovering(options);
    const { socket } = await join(place);
    const offsetLength = 10;
    const text = "x".repeat(100 - '2["event","",""]'.length - offsetLength);
    place.cut();
    place.server.emit("event", text);
    await comeBack(place);
    expect(socket.recovery?.outcome).toBe(outcome);
  });

  test.each([[59_999, "recovered"], [60_000, "lost"]])("away for %i ms of 60 000: %s", async (awayMs, outcome) => {
    const place = recovering({ maxDisconnectionDuration: 60_000 });
    const { socket, peer } = await join(place, { reconnection: false });
    place.cut();
    place.server.emit("missed");
    place.clock.advance(awayMs);
    const { id } = peer;
    socket.connect();
    await settle();
    expect(socket.recovery?.outcome).toBe(outcome);
    if (outcome === "lost") expect([socket.recovery, socket.id === id]).toEqual([{ outcome: "lost", reason: "expired" }, false]);
  });

  test("maxAwaySessions: the longest away gives way", async () => {
    const place = recovering({ maxAwaySessions: 1 });
    const { socket: first } = await join(place);
    const { socket: second } = await join(place);
    place.cut();
    await comeBack(place);
    expect([first.recovery, second.recovery?.outcome]).toEqual([{ outcome: "lost", reason: "expired" }, "recovered"]);
  });

  test("lost: another process does not know it", async () => {
    const place = recovering();
    const other = recovering();
    const { socket } = await join(place);
    const { socket: stranger, peer } = await join(other, { auth: { pid: "AAAAAAAA.stolen", offset: "AAAAAAAA.1" } });
    expect(peer.recovery).toEqual({ outcome: "lost", reason: "other-epoch" });
    expect([socket.recovery, stranger.recovered]).toEqual([undefined, false]);
  });

  test("partial: it came back again and again, too shortly to show what it has, until that was too old", async () => {
    const place = recovering({ maxDisconnectionDuration: 1500 }); // with two heartbeats of 1000 each, events are kept for 3500
    const { socket } = await join(place, { reconnectionDelayMax: 1000 });
    place.server.to("elsewhere").emit("event");
    const outcomes: unknown[] = [];
    for (const heldMs of [1500, 0]) {
      place.cut();
      await comeBack(place);
      outcomes.push(socket.recovery);
      place.clock.advance(heldMs);
    }
    expect(outcomes).toEqual([{ outcome: "recovered", missed: 0 }, { outcome: "partial", reason: "expired" }]);
  });

  test("partial: an offset that is none, as socket.io's clients take any text for one", async () => {
    const place = recovering();
    let pid: unknown;
    const { socket } = await join(place);
    socket.io.on("packet", ({ data }) => void (pid = (data as { pid?: unknown }).pid));
    place.cut();
    await comeBack(place);
    place.cut();
    const { peer } = await join(place, { auth: { pid, offset: "hello" } });
    expect(peer.recovery).toEqual({ outcome: "partial", reason: "unknown-offset" });
  });

  test.each(["client", "server"])("a session that the %s ended is over", async (side) => {
    const place = recovering();
    const { socket, peer } = await join(place);
    const { id } = peer;
    if (side === "client") socket.disconnect();
    else peer.disconnect();
    await settle();
    socket.connect();
    await settle();
    expect([socket.recovery, socket.recovered, socket.id === id]).toEqual([undefined, false, false]);
    expect(keptBy(place).awayCount).toBe(0);
  });

  test("an option that makes no sense is refused", () => {
    expect(() => recovering({ maxPackets: 0 })).toThrow(expect.objectContaining({ code: "socketio/invalid-option" }));
  });

  test("nothing is left when the time is over", async () => {
    const place = recovering({ maxDisconnectionDuration: 1000 });
    const { peer } = await join(place, { reconnection: false });
    place.server.emit("event");
    place.cut();
    place.clock.advance(3100);
    const { awayCount, kept, deadlineMs } = keptBy(place);
    expect([awayCount, kept, deadlineMs, peer.connected]).toEqual([0, { packets: 0, bytes: 0 }, Infinity, false]);
  });
});
