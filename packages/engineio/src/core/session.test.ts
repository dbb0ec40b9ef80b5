import { describe, expect, test } from "vitest";
import { Network, Tape, Witness, config, times } from "../../test/link.js";
import { Heartbeat } from "./heartbeat.js";
import { encodeOpen } from "./open.js";
import { prepareMessage } from "./packet.js";
import type { SessionConfig } from "./session-config.js";
import { Session } from "./session.js";
import { onTrialPacket } from "./upgrade.js";

const openWire = encodeOpen({ sid: "s", upgrades: [], ...times, maxPayload: 1000 });

function streaming(role: "client" | "server", more: Partial<SessionConfig> = {}): { session: Session; sink: Witness; tape: Tape; clock: { nowMs: number; now(): number } } {
  const clock = { nowMs: 0, now(): number { return this.nowMs; } };
  const sink = new Witness();
  const session = new Session(config(role, clock, more), sink, 1000, 1000);
  const tape = new Tape(session);
  session.start(tape);
  if (role === "server") session.open(openWire, times.pingInterval, times.pingTimeout);
  else session.receive(openWire, tape);
  return { session, sink, tape, clock };
}

describe("Session on a stream", () => {
  test("OPEN leaves first; messages both ways; bytes as they are", () => {
    const { session, sink, tape } = streaming("server");
    void session.send("hi");
    void session.send(new Uint8Array([1]));
    void session.sendPrepared(prepareMessage("all"));
    expect(tape.written).toEqual([openWire, "4hi", new Uint8Array([1]), "4all"]);
    session.receive("4yo", tape);
    session.receive("4", tape);
    session.receive(new Uint8Array([2]), tape);
    expect(sink.messages).toEqual(["yo", "", new Uint8Array([2])]);
  });

  test("an observed session shows every packet, in both directions, and still sends in order", () => {
    const { session, sink, tape } = streaming("server");
    session.observe();
    void session.send("a");
    session.receive("4b", tape);
    expect(sink.log.filter((entry) => entry.startsWith("packet"))).toEqual(["packetCreate 4a", "packet 4b"]);
    expect(tape.written.at(-1)).toBe("4a");
  });

  test.each(["0{}", "2", "5", "6", "7", "x", "", "\u0000"])("a client's %j ends it: parse error, close code 1002", (wire) => {
    const { session, sink, tape } = streaming("server");
    session.receive(wire, tape);
    expect(sink.closes).toEqual([["parse error", expect.objectContaining({ name: "UnknownPacketError" })]]);
    expect(tape.ends).toEqual([["1", 1002]]);
    session.receive("4late", tape);
    expect(sink.messages).toEqual([]);
  });

  test.each(["0{}", "3", "5", "x", ""])("so does a server's %j; its NOOP is nothing", (wire) => {
    const { session, sink, tape } = streaming("client");
    session.receive("6", tape);
    expect(session.state).toBe("open");
    session.receive(wire, tape);
    expect(sink.closes[0]?.[0]).toBe("parse error");
  });

  test("a client accepts nothing before OPEN", () => {
    for (const early of ["4x", "2", "6", "1x", new Uint8Array([1])]) {
      const sink = new Witness();
      const session = new Session(config("client", { now: () => 0 }), sink, 1000, 1000);
      const tape = new Tape(session);
      session.start(tape);
      session.receive(early, tape);
      expect([sink.closes[0]?.[0], sink.messages]).toEqual(["parse error", []]);
    }
  });

  test("CLOSE before OPEN is a server that does not want it now, not one that cannot speak", () => {
    const sink = new Witness();
    const session = new Session(config("client", { now: () => 0 }), sink, 1000, 1000);
    const tape = new Tape(session);
    session.start(tape);
    session.receive("1", tape);
    expect(sink.closes).toMatchObject([["transport close", { code: "engineio/connection-lost", retryable: true }]]);
  });

  test("the peer's CLOSE ends it with transport close; ending is once and final", () => {
    const { session, sink, tape } = streaming("client");
    session.receive("1", tape);
    session.fail("ping timeout");
    session.close();
    session.carrierEnded(tape, "transport error", undefined);
    session.tick(1e9);
    expect(sink.closes).toEqual([["transport close", undefined]]);
    expect(session.deadlineMs).toBe(Infinity);
    expect(() => session.send("x")).toThrow(expect.objectContaining({ name: "SocketIsClosedError", code: "engineio/socket-closed", reason: "transport close" }));
    expect(() => session.sendPrepared(prepareMessage("x"))).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
  });

  test("close() ends with forced close; a closing session sends nothing more", () => {
    const { session, sink, tape } = streaming("server");
    session.close();
    session.close();
    expect(sink.closes).toEqual([["forced close", undefined]]);
    expect(tape.ends).toEqual([["6", 1000]]);
  });

  test("send() takes maxMessageBytes bytes with the type character, and not one more; bytes have none", () => {
    const { session } = streaming("client"); // the server said maxPayload: 1000
    void session.send("x".repeat(999));
    void session.send("€".repeat(333));
    void session.send(new Uint8Array(1000));
    for (const data of ["x".repeat(1000), `${"€".repeat(333)}x`, new Uint8Array(1001)]) {
      expect(() => session.send(data)).toThrow(expect.objectContaining({ name: "ContentTooLongError", limitBytes: 1000, actualBytes: 1001 }));
      expect(() => session.sendPrepared(prepareMessage(data))).toThrow(expect.objectContaining({ code: "engineio/content-too-long" }));
    }
    expect(session.state).toBe("open");
  });

  test("a client that gets no OPEN in time fails with connect-timeout", () => {
    const sink = new Witness();
    const session = new Session(config("client", { now: () => 0 }), sink, 1000, 1000);
    session.start(new Tape(session));
    session.openWithin(500);
    session.tick(499);
    expect([session.state, session.deadlineMs]).toEqual(["opening", 500]);
    session.tick(500);
    expect(sink.closes).toEqual([["transport error", expect.objectContaining({ code: "engineio/connect-timeout" })]]);
  });

  test("a transport that fails before OPEN makes room for another, where there is one", () => {
    const sink = new Witness();
    sink.retry = true;
    const session = new Session(config("client", { now: () => 0 }), sink, 1000, 1000);
    const first = new Tape(session);
    session.start(first);
    session.carrierEnded(first, "transport error", "x");
    expect([session.state, session.carrier]).toEqual(["opening", undefined]);
    const second = new Tape(session);
    session.start(second);
    session.receive(openWire, second);
    expect(session.state).toBe("open");
  });
});

describe("heartbeat", () => {
  test("server: PING after the interval, to the millisecond; ended timeout after it without PONG", () => {
    const { session, sink, tape, clock } = streaming("server");
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
    const { session, sink, tape, clock } = streaming("server");
    clock.nowMs = 10_000;
    const before = sink.log.length;
    for (let i = 0; i < 10; i++) session.receive("3", tape);
    expect([session.deadlineMs, sink.log.slice(before), session.state]).toEqual([25_000, [], "open"]);
    session.receive("3", tape);
    expect(sink.closes).toEqual([["parse error", expect.objectContaining({ name: "UnknownPacketError", code: "engineio/too-many-pongs", details: { maxUnaskedPongs: 10 } })]]);
    expect(tape.ends).toEqual([["1", 1002]]);
  });

  test("server: each PING forgives the PONGs before it", () => {
    const { session, tape, clock } = streaming("server");
    for (let round = 1; round <= 20; round++) {
      for (let i = 0; i < 10; i++) session.receive("3", tape);
      clock.nowMs = round * 25_000;
      session.tick(clock.nowMs);
      session.receive("3", tape);
      expect(session.state).toBe("open");
    }
  });

  test("server: a process that was held up reads before it judges, once", () => {
    const heartbeat = new Heartbeat("server");
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(300)).toBe("ping");
    expect(heartbeat.due(10_000)).toBe("nothing");
    expect(heartbeat.deadlineMs).toBe(10_200);
    expect(heartbeat.due(10_200)).toBe("expired");
  });

  test("client: a process that was stopped reads before it judges, once; a punctual tick judges at once", () => {
    const heartbeat = new Heartbeat("client");
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(60_000)).toBe("nothing");
    heartbeat.heard(60_050); // the PING lay in the kernel
    expect(heartbeat.deadlineMs).toBe(60_550);
    expect(heartbeat.due(61_100)).toBe("nothing");
    expect(heartbeat.due(61_300)).toBe("expired");
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(500)).toBe("expired");
  });

  test("sub-second intervals are kept to the millisecond", () => {
    const heartbeat = new Heartbeat("server");
    heartbeat.start(0, 7, 3);
    expect([heartbeat.deadlineMs, heartbeat.due(6), heartbeat.due(7), heartbeat.deadlineMs]).toEqual([7, "nothing", "ping", 10]);
    heartbeat.heard(9);
    expect(heartbeat.deadlineMs).toBe(16);
  });

  test("a late PING leaves the client its whole time", () => {
    const heartbeat = new Heartbeat("server");
    heartbeat.start(0, 300, 200);
    expect(heartbeat.due(5_000)).toBe("ping");
    expect(heartbeat.deadlineMs).toBe(5_200);
  });

  test("client: PING is answered with its data, and expected within both times together", () => {
    const { session, sink, tape, clock } = streaming("client");
    clock.nowMs = 44_000;
    session.receive("2", tape);
    session.receive("2data", tape);
    expect(tape.written).toEqual(["3", "3data"]);
    session.tick(44_000 + 44_999);
    expect(session.state).toBe("open");
    session.tick(44_000 + 45_000);
    expect(sink.closes).toEqual([["ping timeout", undefined]]);
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
    ["server", "probing", "2probe", "answer-probe"],
    ["server", "probing", "2", "abort"],
    ["server", "probing", "5", "abort"],
    ["server", "switching", "5", "switch"],
    ["server", "switching", "5payload", "switch"],
    ["server", "switching", "2probe", "abort"],
    ["server", "switching", "6", "abort"],
    ["server", "switching", new Uint8Array([53]), "abort"],
    ["client", "probing", "3probe", "pause-polling"],
    ["client", "probing", "3", "abort"],
    ["client", "probing", "", "abort"],
    ["client", "switching", "6", "ignore"],
    ["client", "switching", "5", "abort"],
  ] as const)("%s, %s, %j: %s", (role, trial, packet, action) => {
    expect(onTrialPacket(trial, packet, role)).toBe(action);
  });
});
