import { describe, expect, test } from "vitest";
import { Network, Tape, Witness, config, times } from "../../test/link.js";
import { Heartbeat } from "./heartbeat.js";
import { encodeOpen } from "./open.js";
import { prepareMessage } from "./packet.js";
import type { SessionConfig } from "./session-config.js";
import { Session } from "./session.js";
import { onTrialPacket } from "./upgrade.js";

const openWire = encodeOpen({ sid: "s", upgrades: [], ...times, maxPayload: 1000 });

function streaming(more: Partial<SessionConfig> = {}): { session: Session; sink: Witness; tape: Tape; clock: { nowMs: number; now(): number } } {
  const clock = { nowMs: 0, now(): number { return this.nowMs; } };
  const sink = new Witness();
  const session = new Session(config(clock, more), sink, 1000, 1000);
  const tape = new Tape(session);
  session.start(tape);
  session.open(openWire, times.pingInterval, times.pingTimeout);
  return { session, sink, tape, clock };
}

describe("Session on a stream", () => {
  test("OPEN leaves first; messages both ways; bytes as they are", () => {
    const { session, sink, tape } = streaming();
    void session.send("hi");
    void session.send(new Uint8Array([1]));
    void session.sendPrepared(prepareMessage("all"));
    expect(tape.written).toEqual([openWire, "4hi", new Uint8Array([1]), "4all"]);
    session.receive("4yo", tape);
    session.receive("4", tape);
    session.receive(new Uint8Array([2]), tape);
    expect(sink.messages).toEqual(["yo", "", new Uint8Array([2])]);
  });

  test("a stream that has ended before OPEN reports that itself: nothing is thrown", () => {
    const sink = new Witness();
    const session = new Session(config({ now: () => 0 }), sink, 1000, 1000);
    const tape = new Tape(session);
    tape.write = () => { throw new Error("ended"); };
    session.start(tape);
    session.open(openWire, times.pingInterval, times.pingTimeout);
    expect([session.state, sink.closes]).toEqual(["open", []]);
    session.carrierEnded(tape, "transport close", undefined);
    expect(sink.closes).toEqual([["transport close", undefined]]);
  });

  test("a stream that takes nothing any more: the session is about to close", () => {
    const { session, tape } = streaming();
    const cause = new Error("ended");
    tape.write = () => { throw cause; };
    expect(() => session.send("x")).toThrow(expect.objectContaining({ message: "Cannot send: session is about to close, must be open", code: "engineio/socket-closed", cause }));
  });

  test("an observed session shows every packet, in both directions, and still sends in order", () => {
    const { session, sink, tape } = streaming();
    session.observe();
    void session.send("a");
    session.receive("4b", tape);
    expect(sink.log.filter((entry) => entry.startsWith("packet"))).toEqual(["packetCreate 4a", "packet 4b"]);
    expect(tape.written.at(-1)).toBe("4a");
  });

  test.each(["0{}", "2", "5", "6", "7", "x", "", "\u0000"])("a client's %j ends it: parse error, close code 1002", (wire) => {
    const { session, sink, tape } = streaming();
    session.receive(wire, tape);
    expect(sink.closes).toEqual([["parse error", expect.objectContaining({ name: "UnknownPacketError" })]]);
    expect(tape.ends).toEqual([["1", 1002]]);
    session.receive("4late", tape);
    expect(sink.messages).toEqual([]);
  });

  test("the peer's CLOSE ends it with transport close; ending is once and final", () => {
    const { session, sink, tape } = streaming();
    session.receive("1", tape);
    session.fail("ping timeout");
    session.close();
    session.carrierEnded(tape, "transport error", undefined);
    session.tick(1e9);
    expect(sink.closes).toEqual([["transport close", undefined]]);
    expect(session.deadlineMs).toBe(Infinity);
    expect(() => session.send("x")).toThrow(expect.objectContaining({ name: "SocketIsClosedError", code: "engineio/socket-closed", reason: "transport close" }));
    expect(() => session.sendPrepared(prepareMessage("x"))).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(() => session.send("x".repeat(10_000_000))).toThrow(expect.objectContaining({ code: "engineio/socket-closed" })); // also where it would be too long
  });

  test("close() ends with forced close; a closing session sends nothing more", () => {
    const { session, sink, tape } = streaming();
    session.close();
    session.close();
    expect(sink.closes).toEqual([["forced close", undefined]]);
    expect(tape.ends).toEqual([["6", 1000]]);
  });
});

describe("heartbeat", () => {
  test("server: PING after the interval, to the millisecond; ended timeout after it without PONG", () => {
    const { session, sink, tape, clock } = streaming();
    session.tick(24_999);
    expect(tape.written).toHaveLength(1);
    session.tick(25_000);
    expect(tape.written.at(-1)).toBe("2");
    session.tick(44_999);
    expect(session.state).toBe("open");
    clock.nowMs = 44_999;
    session.receive("3", tape);
    expect(session.deadlineMs).toBe(44_999 + 25_000);
    session.tick(69_999);
    session.tick(89_999);
    expect(sink.closes).toEqual([["ping timeout", undefined]]);
  });

  test("server: maxUnaskedPongs PONGs that nobody asked for change nothing; one more ends the session (CVE-2026-48802)", () => {
    const { session, sink, tape, clock } = streaming();
    clock.nowMs = 10_000;
    const before = sink.log.length;
    for (let i = 0; i < 10; i++) session.receive("3", tape);
    expect([session.deadlineMs, sink.log.slice(before), session.state]).toEqual([25_000, [], "open"]);
    session.receive("3", tape);
    expect(sink.closes).toEqual([["parse error", expect.objectContaining({ name: "UnknownPacketError", code: "engineio/too-many-pongs", details: { maxUnaskedPongs: 10 } })]]);
    expect(tape.ends).toEqual([["1", 1002]]);
  });

  test("server: each PING forgives the PONGs before it", () => {
    const { session, tape, clock } = streaming();
    for (let round = 1; round <= 20; round++) {
      for (let i = 0; i < 10; i++) session.receive("3", tape);
      clock.nowMs = round * 25_000;
      session.tick(clock.nowMs);
      session.receive("3", tape);
      expect(session.state).toBe("open");
    }
  });

  test("server: a process that was held up reads before it judges, once", () => {
    const heartbeat = new Heartbeat();
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(300)).toBe("ping");
    expect(heartbeat.due(10_000)).toBe("nothing");
    expect(heartbeat.deadlineMs).toBe(10_200);
    expect(heartbeat.due(10_200)).toBe("expired");
  });

  test("sub-second intervals are kept to the millisecond", () => {
    const heartbeat = new Heartbeat();
    heartbeat.start(0, 7, 3);
    expect([heartbeat.deadlineMs, heartbeat.due(6), heartbeat.due(7), heartbeat.deadlineMs]).toEqual([7, "nothing", "ping", 10]);
    heartbeat.heard(9);
    expect(heartbeat.deadlineMs).toBe(16);
  });

  test("a late PING leaves the client its whole time", () => {
    const heartbeat = new Heartbeat();
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(5_000)).toBe("ping");
    expect(heartbeat.deadlineMs).toBe(5_200);
  });
});

describe("Session on polling", () => {
  const settled = (more: Partial<SessionConfig> = {}): Network => {
    const network = new Network(more);
    network.clientSink.opened = () => undefined; // no upgrade
    network.settle();
    return network;
  };

  test("maxBufferedBytes bytes may wait; one more ends the session and throws", () => {
    const network = settled({ maxBufferedBytes: 100 });
    network.server.carrier = { name: "polling", flush: () => undefined, pause() { /* none */ }, resume() { /* none */ }, end() { /* none */ } };
    void network.server.send("x".repeat(99));
    expect(network.server.state).toBe("open");
    expect(() => network.server.send("")).toThrow(expect.objectContaining({ code: "engineio/socket-closed", reason: "transport error" }));
    expect(network.serverSink.closes).toEqual([["transport error", expect.objectContaining({ code: "engineio/content-too-long", limitBytes: 100, actualBytes: 101 })]]);
  });

  test("above highWaterMarkBytes send() waits, until the poll has taken all, or rejects at the end", async () => {
    const network = settled({ highWaterMarkBytes: 10 });
    const low = network.server.send("x".repeat(9));
    const high = network.server.send("y");
    expect(network.server.send("z"), "one promise for all who wait").toBe(high);
    await low;
    network.settle();
    await high;
    const lost = network.server.send("w".repeat(20));
    network.server.fail("ping timeout");
    await expect(lost).rejects.toMatchObject({ code: "engineio/socket-closed" });
  });

  test("a second poll ends the session: the first is answered 1, the second refused", () => {
    const network = settled();
    const polling = network.server.carrier;
    if (polling === undefined || !("poll" in polling)) throw new Error("no polling");
    const answers: string[] = [];
    expect((polling as unknown as { poll(parked: { answer(payload: string): void }): boolean }).poll({ answer: (payload) => answers.push(payload) })).toBe(false);
    expect(network.serverSink.closes).toEqual([["transport error", expect.objectContaining({ code: "engineio/overlapping-requests" })]]);
    network.settle();
    expect(network.clientSink.closes).toEqual([["transport close", undefined]]);
  });

  test.each(["client", "server"] as const)("the %s's close() delivers what was sent before, then CLOSE", (side) => {
    const network = settled();
    const other = side === "client" ? "server" : "client";
    for (let i = 0; i < 40; i++) void network[side].send(`m${i}`);
    network[side].close();
    expect(network[side].state).toBe("closing");
    expect(() => network[side].send("late")).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    network.settle();
    expect(network[`${other}Sink`].messages).toEqual(Array.from({ length: 40 }, (_, i) => `m${i}`));
    expect([network[`${side}Sink`].closes, network[`${other}Sink`].closes]).toEqual([[["forced close", undefined]], [["transport close", undefined]]]);
  });

  test.each(["client", "server"] as const)("nothing follows the %s's CLOSE, not even a heartbeat that falls due or arrives", (side) => {
    const network = settled();
    const session = network[side];
    const { carrier } = session;
    if (carrier === undefined) throw new Error("no carrier");
    session.carrier = { name: "polling", flush: () => undefined, pause() { /* none */ }, resume() { /* none */ }, end() { /* none */ } }; // nobody fetches
    session.close();
    if (side === "client") session.receive("2", session.carrier);
    session.tick(29_000); // a server's PING is due since 25,000
    expect(session.outbox.peekAll().at(-1)).toBe("1");
    expect(session.state).toBe("closing");
  });

  test("close(true) drops what waits; a close that nobody fetches ends after closeTimeout", () => {
    const network = settled();
    network.server.carrier = { name: "polling", flush: () => undefined, pause() { /* none */ }, resume() { /* none */ }, end() { /* none */ } };
    void network.server.send("never fetched");
    network.server.close(true);
    expect(network.server.outbox.peekAll()).toEqual(["1"]);
    network.server.tick(29_999);
    expect(network.server.state).toBe("closing");
    network.server.tick(30_000);
    expect(network.serverSink.closes).toEqual([["forced close", undefined]]);
  });
});

describe("onTrialPacket(), cell by cell", () => {
  test.each([
    ["probing", "2probe", "answer-probe"],
    ["probing", "2", "abort"],
    ["probing", "5", "abort"],
    ["switching", "5", "switch"],
    ["switching", "5payload", "switch"],
    ["switching", "2probe", "abort"],
    ["switching", "6", "abort"],
    ["switching", new Uint8Array([53]), "abort"],
  ] as const)("%s, %j: %s", (trial, packet, action) => {
    expect(onTrialPacket(trial, packet)).toBe(action);
  });
});
