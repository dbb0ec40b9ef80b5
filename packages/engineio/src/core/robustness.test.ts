/**
 * Holes of other Engine.IO servers and clients that a peer can reach through the session; each test is named after the hole
 * it keeps shut. Those at the level of HTTP have theirs beside the server.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { Network, Tape, Witness, config, times } from "../../test/link.js";
import { decodeOpen, encodeOpen } from "./open.js";
import { ServerPolling } from "./polling-server.js";
import { Session } from "./session.js";

const openWire = encodeOpen({ sid: "s", upgrades: ["websocket"], ...times, maxPayload: 1e6 });

/** A server session on polling, and what its polls were answered. */
class PollingServer {
  readonly sink: Witness = new Witness();
  readonly answers: string[] = [];
  readonly session: Session;
  readonly polling: ServerPolling;

  constructor(more: Parameters<typeof config>[1] = {}) {
    this.session = new Session(config({ now: () => 0 }, more), this.sink, 1000, 1e6);
    this.polling = new ServerPolling(this.session, 100, (polling) => polling.answerScheduled());
    this.session.start(this.polling);
    this.session.open(openWire, times.pingInterval, times.pingTimeout);
    this.poll();
  }

  /** @returns whether it was accepted. */
  poll(): boolean {
    return this.polling.poll({ answer: (payload) => this.answers.push(payload) });
  }

  post(body: string): boolean {
    return this.polling.beginPost() && this.polling.post(body);
  }

  /** A WebSocket that has answered the probe and taken over. */
  upgrade(): Tape {
    const tape = new Tape(this.session);
    this.session.tryUpgrade(tape);
    this.session.receive("2probe", tape);
    this.session.receive("5", tape);
    return tape;
  }
}

let server: PollingServer;
beforeEach(() => { server = new PollingServer(); });

describe("heartbeat", () => {
  test("sub-second intervals were advertised as 0: they are whole milliseconds", () => {
    expect(decodeOpen(encodeOpen({ sid: "s", upgrades: [], pingInterval: 300, pingTimeout: 200, maxPayload: 1 }))).toMatchObject({ pingInterval: 300, pingTimeout: 200 });
  });

  test("a flood of PONGs scheduled a task each (CVE-2026-48802): it schedules nothing, and ends", () => {
    for (let i = 0; i < 10; i++) server.post("3");
    expect([server.session.deadlineMs, server.sink.log.includes("heartbeat"), server.session.state]).toEqual([times.pingInterval, false, "open"]);
    expect(server.post("3")).toBe(false);
    expect(server.sink.closes).toEqual([["parse error", expect.objectContaining({ code: "engineio/too-many-pongs" })]]);
  });

  test("a client's PING was answered or ignored: only servers ping, so it ends the session", () => {
    expect(server.post("2")).toBe(false);
    expect(server.sink.closes[0]?.[0]).toBe("parse error");
  });

  test("a client that never answers stayed for ever on a busy session: sending does not count as being heard", () => {
    server.session.tick(times.pingInterval);
    for (let i = 0; i < 10; i++) {
      void server.session.send("news");
      server.poll();
    }
    server.session.tick(times.pingInterval + times.pingTimeout);
    expect(server.sink.closes).toEqual([["ping timeout", undefined]]);
  });
});

describe("polling", () => {
  test("two polls at once were both served and split the queue: the first is closed, the second refused", () => {
    server.poll();
    expect(server.poll()).toBe(false);
    expect([server.answers.at(-1), server.sink.closes[0]?.[0]]).toEqual(["1", "transport error"]);
  });

  test("two POSTs at once could interleave: the second ends the session", () => {
    expect([server.polling.beginPost(), server.polling.beginPost()]).toEqual([true, false]);
    expect(server.sink.closes).toEqual([["transport error", expect.objectContaining({ code: "engineio/overlapping-requests" })]]);
  });

  test.each(["xyz", "bA", "", "4a\x1e", "7", `${"4\x1e".repeat(100)}4`])("the payload %j was answered 200 and dropped: it is refused whole, and the session ends at once", (body) => {
    expect([server.post(`4never\x1e${body}`), server.sink.messages]).toEqual([false, []]);
    expect(server.sink.closes[0]?.[0]).toBe("parse error");
  });

  test("CLOSE in a POST left the parked poll waiting: it is answered with NOOP", () => {
    server.poll();
    expect(server.post("1")).toBe(true);
    expect([server.answers.at(-1), server.sink.closes]).toEqual(["6", [["transport close", undefined]]]);
  });

  test("a POST that broke a limit hung until somebody polled: it fails and the session ends, with and without a parked poll", () => {
    server.polling.beginPost();
    server.polling.postFailed(new Error("too long"));
    expect(server.sink.closes).toHaveLength(1);
    const parked = new PollingServer();
    parked.poll();
    parked.polling.beginPost();
    parked.polling.postFailed(new Error("too long"));
    expect([parked.answers.at(-1), parked.sink.closes.length]).toEqual(["1", 1]);
  });

  test("a poll drained the whole queue into one answer: at most maxOutgoingPackets, and maxPayload bytes", () => {
    for (let i = 0; i < 40; i++) void server.session.send("x".repeat(90));
    const sizes: number[] = [];
    while (server.session.outbox.length > 0) {
      server.poll();
      const answer = server.answers.at(-1) ?? "";
      expect(answer.length).toBeLessThanOrEqual(1000);
      sizes.push(answer.split("\x1e").length);
    }
    expect([Math.max(...sizes), sizes.reduce((sum, size) => sum + size)]).toEqual([10, 40]);
    for (let i = 0; i < 40; i++) void server.session.send("");
    server.poll();
    expect(server.answers.at(-1)?.split("\x1e")).toHaveLength(16);
  });

  test("a burst over the peer's packet limit was lost: it leaves in payloads of at most maxOutgoingPackets", () => {
    const network = new Network();
    network.clientSink.opened = () => undefined;
    network.settle();
    for (let i = 0; i < 100; i++) void network.client.send(String(i));
    network.settle();
    expect(network.serverSink.messages).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  test("the queue of a client that never polls had no limit: maxBufferedBytes ends the session", () => {
    const idle = new PollingServer({ maxBufferedBytes: 500 });
    expect(() => { for (;;) void idle.session.send("x".repeat(99)); }).toThrow(expect.objectContaining({ code: "engineio/socket-closed" }));
    expect(idle.sink.closes).toEqual([["transport error", expect.objectContaining({ name: "ContentTooLongError", limitBytes: 500 })]]);
  });
});

describe("WebSocket", () => {
  const streaming = (): { readonly session: Session; readonly sink: Witness; readonly tape: Tape } => {
    const sink = new Witness();
    const session = new Session(config({ now: () => 0 }), sink, 1000, 1000);
    const tape = new Tape(session);
    session.start(tape);
    session.open(openWire, times.pingInterval, times.pingTimeout);
    return { session, sink, tape };
  };

  test.each(["abc", "", "8", "0{}", "5", "6", "bAQ=="])("%j crashed the handler or was ignored: it closes the connection with 1002 at once", (wire) => {
    const { session, sink, tape } = streaming();
    session.receive(wire, tape);
    expect([sink.closes[0]?.[0], tape.ends]).toEqual(["parse error", [["1", 1002]]]);
  });

  test("the server's close left the socket to the peer: it is closed by us", () => {
    const { session, tape } = streaming();
    session.close();
    expect(tape.ends).toEqual([["6", 1000]]);
  });

  test("the peer's CLOSE left the socket open: it is closed by us", () => {
    const { session, sink, tape } = streaming();
    session.receive("1", tape);
    expect([sink.closes, tape.ends]).toEqual([[["transport close", undefined]], [["6", 1000]]]);
  });

  test("send() after the end was dropped in silence: it throws", () => {
    const { session } = streaming();
    session.fail("ping timeout");
    expect(() => session.send("x")).toThrow(expect.objectContaining({ name: "SocketIsClosedError", reason: "ping timeout" }));
  });
});

describe("upgrade", () => {
  test("the NOOP that releases the poll leaked to the WebSocket as a first frame: no 6 is ever written there", () => {
    server.poll();
    void server.session.send("before");
    const tape = server.upgrade();
    void server.session.send("after");
    expect(tape.written).toEqual(["3probe", "4after"]);
    expect(server.answers.slice(1)).toEqual(["4before"]);
  });

  test("a parked poll waited for a timer: it is answered when the probe comes, and a later one at once", () => {
    server.poll();
    const tape = new Tape(server.session);
    server.session.tryUpgrade(tape);
    expect(server.answers).toHaveLength(1);
    server.session.receive("2probe", tape);
    expect(server.answers.at(-1)).toBe("6");
    server.poll();
    expect(server.answers.slice(-2)).toEqual(["6", "6"]);
  });

  test("polls and POSTs were accepted after it: both are refused, and the session goes on", () => {
    server.upgrade();
    expect([server.poll(), server.post("4late"), server.sink.messages, server.session.state]).toEqual([false, false, [], "open"]);
  });

  test("a POST under way when it switched was lost or processed late: refused when its body comes after UPGRADE", () => {
    expect(server.polling.beginPost()).toBe(true);
    server.upgrade();
    expect([server.polling.post("4late"), server.sink.messages, server.session.state]).toEqual([false, [], "open"]);
  });

  test("a second WebSocket for an upgraded, or upgrading, session failed with a 500: it is not wanted, and nothing else happens", () => {
    const trial = new Tape(server.session);
    expect([server.session.tryUpgrade(trial), server.session.tryUpgrade(new Tape(server.session))]).toEqual([true, false]);
    server.session.receive("2probe", trial);
    server.session.receive("5", trial);
    expect([server.session.tryUpgrade(new Tape(server.session)), server.session.state, server.session.carrier]).toEqual([false, "open", trial]);
  });

  test.each(["4message", "2", "5", "3probe", "", new Uint8Array([50])])("%j in place of the probe got through: the WebSocket is dropped, polling goes on", (wire) => {
    const tape = new Tape(server.session);
    server.session.tryUpgrade(tape);
    server.session.receive(wire, tape);
    expect([tape.ends, server.sink.messages, server.session.state]).toEqual([[["1", 1002]], [], "open"]);
    expect([server.poll(), server.post("4still here"), server.sink.messages]).toEqual([true, true, ["still here"]]);
  });

  test("UPGRADE with a payload broke it: the payload is of no account", () => {
    const tape = new Tape(server.session);
    server.session.tryUpgrade(tape);
    server.session.receive("2probe", tape);
    server.session.receive("5and more", tape);
    expect([server.session.isUpgraded, server.sink.messages]).toEqual([true, []]);
  });

  test("what was sent while the poll was away waited for ever: it leaves on the WebSocket, in order", () => {
    void server.session.send("one"); // no poll is parked
    const tape = server.upgrade();
    void server.session.send("two");
    expect(tape.written).toEqual(["3probe", "4one", "4two"]);
  });

  test("a PING that fell due meanwhile was lost with the poll: it reaches the client by whichever transport it has", () => {
    const tape = new Tape(server.session);
    server.session.tryUpgrade(tape);
    server.session.tick(9_999); // of the 10,000 that an upgrade may take
    const slow = new PollingServer({ upgradeTimeoutMs: 60_000 });
    const trial = new Tape(slow.session);
    slow.session.tryUpgrade(trial);
    slow.session.receive("2probe", trial);
    slow.session.tick(times.pingInterval);
    slow.session.receive("5", trial);
    expect(trial.written).toEqual(["3probe", "2"]);
  });

  test("a probe that is never followed by UPGRADE held the session: after upgradeTimeout polling goes on as before", () => {
    const tape = new Tape(server.session);
    server.session.tryUpgrade(tape);
    server.session.receive("2probe", tape);
    server.session.tick(10_000);
    expect([tape.ends, server.sink.log.includes("upgradeError"), server.session.isUpgrading]).toEqual([[["1", 1002]], true, false]);
    server.poll();
    expect(server.answers, "no NOOPs any more").toHaveLength(1);
    void server.session.send("news");
    expect(server.answers.at(-1)).toBe("4news");
  });
});
