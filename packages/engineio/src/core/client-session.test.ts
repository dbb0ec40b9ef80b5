/** A client's session, packet by packet: what it accepts, sends, waits for, and how it ends. */
import { describe, expect, test } from "vitest";
import { Tape, Witness, config, times } from "../../test/link.js";
import type { Carrier } from "./carrier.js";
import { ClientSession } from "./client-session.js";
import { encodeOpen } from "./open.js";
import { prepareMessage } from "./packet.js";
import type { SessionConfig } from "./session-config.js";

const openWire = encodeOpen({ sid: "s", upgrades: [], ...times, maxPayload: 1000 });

interface Client {
  readonly session: ClientSession;
  readonly sink: Witness;
  readonly tape: Tape;
  readonly clock: { nowMs: number; now(): number };
}

/** A session that waits for OPEN. */
function opening(more: Partial<SessionConfig> = {}): Client {
  const clock = { nowMs: 0, now(): number { return this.nowMs; } };
  const sink = new Witness();
  const session = new ClientSession(config(clock, more), sink);
  const tape = new Tape(session);
  session.start(tape);
  return { session, sink, tape, clock };
}

function streaming(more: Partial<SessionConfig> = {}): Client {
  const client = opening(more);
  client.session.receive(openWire, client.tape);
  return client;
}

/** On polling that only writes down what it is asked for. */
function polling(more: Partial<SessionConfig> = {}): Client & { readonly log: string[]; readonly carrier: Carrier; readonly trial: Tape } {
  const client = opening(more);
  const log: string[] = [];
  const note = (word: string) => (): undefined => void log.push(word);
  const carrier = { name: "polling", flush: note("flush"), pause: note("pause"), resume: note("resume"), end: note("end") };
  client.session.start(carrier);
  client.session.receive(openWire, carrier);
  return { ...client, log, carrier, trial: new Tape(client.session) };
}

describe("ClientSession on a stream", () => {
  test.each(["0{}", "3", "5", "x", ""])("so does a server's %j; its NOOP is nothing", (wire) => {
    const { session, sink, tape } = streaming();
    session.receive("6", tape);
    expect(session.state).toBe("open");
    session.receive(wire, tape);
    expect(sink.closes[0]?.[0]).toBe("parse error");
  });

  test("a stream that takes nothing any more: the session is about to close", () => {
    const { session, tape } = streaming();
    const cause = new Error("ended");
    tape.write = () => { throw cause; };
    expect(() => session.send("x")).toThrow(expect.objectContaining({ message: "Cannot send: session is about to close, must be open", code: "engineio/socket-closed", cause }));
  });

  test("a client accepts nothing before OPEN", () => {
    for (const early of ["4x", "2", "6", "1x", new Uint8Array([1])]) {
      const { session, sink, tape } = opening();
      session.receive(early, tape);
      expect([sink.closes[0]?.[0], sink.messages]).toEqual(["parse error", []]);
    }
  });

  test("CLOSE before OPEN is a server that does not want it now, not one that cannot speak", () => {
    const { session, sink, tape } = opening();
    session.receive("1", tape);
    expect(sink.closes).toMatchObject([["transport close", { code: "engineio/connection-lost", retryable: true }]]);
  });

  test("send() takes maxMessageBytes bytes with the type character, and not one more; bytes have none", () => {
    const { session } = streaming(); // the server said maxPayload: 1000
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
    const { session, sink } = opening();
    session.openWithin(500);
    session.tick(499);
    expect([session.state, session.deadlineMs]).toEqual(["opening", 500]);
    session.tick(500);
    expect(sink.closes).toEqual([["transport error", expect.objectContaining({ code: "engineio/connect-timeout" })]]);
  });

  test("a transport that fails before OPEN makes room for another, where there is one", () => {
    const { session, sink, tape: first } = opening();
    sink.retry = true;
    session.carrierEnded(first, "transport error", "x");
    expect([session.state, session.carrier]).toEqual(["opening", undefined]);
    const second = new Tape(session);
    session.start(second);
    session.receive(openWire, second);
    expect(session.state).toBe("open");
  });

  test("client: PING is answered with its data, and expected within both times together", () => {
    const { session, sink, tape, clock } = streaming();
    clock.nowMs = 44_000;
    session.receive("2", tape);
    session.receive("2data", tape);
    expect(tape.written).toEqual(["3", "3data"]);
    session.tick(44_000 + 44_999);
    expect(session.state).toBe("open");
    session.tick(44_000 + 45_000);
    expect(sink.closes).toEqual([["ping timeout", undefined]]);
  });

  test("a process that was stopped reads before it judges, once; a punctual tick judges at once", () => {
    const wire = encodeOpen({ sid: "s", upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: 1000 });
    const { session, sink, tape, clock } = opening();
    session.receive(wire, tape);
    session.tick(60_000);
    clock.nowMs = 60_050;
    session.receive("2", tape); // the PING lay in the kernel
    expect(session.deadlineMs).toBe(60_550);
    session.tick(61_100);
    expect([session.state, session.deadlineMs]).toEqual(["open", 61_300]);
    session.tick(61_300);
    expect(sink.closes).toEqual([["ping timeout", undefined]]);
    const punctual = opening();
    punctual.session.receive(wire, punctual.tape);
    punctual.session.tick(500);
    expect(punctual.sink.closes).toEqual([["ping timeout", undefined]]);
  });

  test("an observed session shows every packet, in both directions, and still sends in order", () => {
    const { session, sink, tape } = streaming();
    session.observe();
    void session.send("a");
    session.receive("4b", tape);
    expect(sink.log.filter((entry) => entry.startsWith("packet"))).toEqual(["packetCreate 4a", "packet 4b"]);
    expect(tape.written.at(-1)).toBe("4a");
  });
});

describe("ClientSession on the way to a stream (protocol document §\"Upgrade\")", () => {
  test("3probe, silence of polling, UPGRADE: the stream takes over, and what waited leaves on it", () => {
    const { session, sink, trial, carrier, log } = polling();
    expect([session.tryUpgrade(trial), session.tryUpgrade(trial), session.isUpgrading]).toEqual([true, false, true]);
    session.paused(); // nobody has asked for silence
    session.receive("3probe", trial);
    session.receive("6", trial); // python-engineio releases its poll here
    void session.send("waits");
    expect(log).toEqual(["pause", "flush"]);
    session.paused();
    expect([log.at(-1), trial.written, session.carrier, session.isUpgraded]).toEqual(["end", ["5", "4waits"], trial, true]);
    session.receive("4of the past", carrier);
    expect([sink.messages, sink.log.includes("upgrade"), session.deadlineMs]).toEqual([[], true, 45_000]);
  });

  test.each([["3"], [""], ["6"], ["4x"], [new Uint8Array([51])]])("%j in place of the answer to the probe: polling goes on", (wire) => {
    const { session, sink, trial, log } = polling();
    session.tryUpgrade(trial);
    session.receive(wire, trial);
    expect([session.state, session.isUpgrading, trial.ends, log, sink.log.at(-1)]).toEqual(["open", false, [["1", 1002]], ["resume"], "upgradeError"]);
  });

  test.each([["5"], ["3probe"], ["4x"]])("%j after it, too", (wire) => {
    const { session, sink, trial, log } = polling();
    session.tryUpgrade(trial);
    session.receive("3probe", trial);
    session.receive(wire, trial);
    expect([session.isUpgrading, log, sink.log.at(-1)]).toEqual([false, ["pause", "resume"], "upgradeError"]);
  });

  test("upgradeTimeoutMs milliseconds, and not one more", () => {
    const { session, trial, log } = polling();
    session.tryUpgrade(trial);
    session.tick(9999);
    expect(session.isUpgrading).toBe(true);
    session.tick(10_000);
    expect([session.isUpgrading, log]).toEqual([false, ["resume"]]);
  });

  test("close() drops a stream that is still being probed, and CLOSE leaves by polling", () => {
    const { session, trial, log } = polling();
    session.tryUpgrade(trial);
    session.close();
    expect([trial.ends, log, session.outbox.peekAll()]).toEqual([[["1", 1002]], ["resume", "flush"], ["1"]]);
  });
});
