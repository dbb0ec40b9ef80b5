/** The connection machine: bytes and times in, bytes and callbacks out. */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { concat, everySplit } from "@x/testkit";
import type { Role } from "@x/wsframe";
import { closePayload, frame, machine } from "../../test/recording.js";

const roles: readonly Role[] = ["client", "server"];
/** The wire form of a Close of ours: masked with zeros by a client. */
const ourClose = (role: Role, code: number, reason = ""): string => {
  const payload = Buffer.from(closePayload(code, reason)).toString("hex");
  const length = payload.length / 2;
  return `write 88${(length + (role === "client" ? 0x80 : 0)).toString(16).padStart(2, "0")}${role === "client" ? "00000000" : ""}${payload}`;
};
const emptyClose = (role: Role): string => role === "client" ? "write 888000000000" : "write 8800";
const hangUp = (role: Role): string[] => role === "server" ? ["end"] : [];

describe.each(roles)("why a %s's connection ended, and what the peer sees", (role) => {
  test("the peer's Close 1008 is echoed (§5.5.1)", () => {
    const { connection, seen } = machine(role);
    connection.receive(frame(role, 0x88, closePayload(1008, "pol")), 0);
    expect(seen.take()).toEqual([ourClose(role, 1008, "pol"), ...hangUp(role), 'settled 1008 "pol" clean remote']);
    connection.linkClosed();
    expect(seen.take()).toEqual(['closed 1008 "pol" clean remote']);
  });

  test("the peer's Close 4001 is echoed", () => {
    const { connection, seen } = machine(role);
    connection.receive(frame(role, 0x88, closePayload(4001, "hi")), 0);
    expect(seen.take()).toEqual([ourClose(role, 4001, "hi"), ...hangUp(role), 'settled 4001 "hi" clean remote']);
  });

  test("an empty Close is 1005 here and empty on the wire (§7.1.5)", () => {
    const { connection, seen } = machine(role);
    connection.receive(frame(role, 0x88), 0);
    expect(seen.take()).toEqual([emptyClose(role), ...hangUp(role), 'settled 1005 "" clean remote']);
  });

  test("TCP ends without a Close: 1006", () => {
    const { connection, seen } = machine(role);
    connection.receiveEnd(0);
    connection.linkClosed();
    expect(seen.take()).toEqual(["destroy", 'settled 1006 "" unclean network', 'closed 1006 "" unclean network']);
  });

  test("TCP is reset: 1006", () => {
    const { connection, seen } = machine(role);
    connection.linkClosed();
    expect(seen.take()).toEqual(['settled 1006 "" unclean network', 'closed 1006 "" unclean network']);
  });

  test.each<[string, Uint8Array]>([
    ["a mask that should not or must be there", frame(role === "client" ? "server" : "client", 0x81, "x")],
    ["a reserved bit", frame(role, 0xc1, "x")],
    ["opcode 3", frame(role, 0x83, "x")],
    ["a fragmented Ping", frame(role, 0x09, "x")],
    ["a Ping of 126 bytes", frame(role, 0x89, "x".repeat(126))],
    ["a continuation of nothing", frame(role, 0x80, "x")],
    ["a Close of one byte", frame(role, 0x88, Uint8Array.of(3))],
    ["Close 999", frame(role, 0x88, closePayload(999))],
    ["Close 1005", frame(role, 0x88, closePayload(1005))],
  ])("%s is a protocol error: 1002, told and recorded (§7.1.7)", (_what, bytes) => {
    const { connection, seen } = machine(role);
    connection.receive(bytes, 0);
    const [close, end, settled] = seen.take();
    expect(close).toMatch(role === "client" ? /^write 88..0000000003ea/ : /^write 88..03ea/);
    expect(end).toBe("end");
    expect(settled).toMatch(/^settled 1002 ".+" unclean local$/);
  });

  test("text that is not UTF-8: 1007", () => {
    const { connection, seen } = machine(role);
    connection.receive(frame(role, 0x81, Uint8Array.of(0xff)), 0);
    expect(seen.take()).toEqual([expect.stringContaining("03ef"), "end", expect.stringMatching(/^settled 1007 ".+" unclean local$/)]);
  });

  test("maxMessageBytes: at the limit a message, one over 1009", () => {
    const { connection, seen } = machine(role, { maxMessageBytes: 5 });
    connection.receive(frame(role, 0x81, "12345"), 0);
    expect(seen.take()).toEqual(["message 12345"]);
    connection.receive(frame(role, 0x81, "123456"), 0);
    expect(seen.take()).toEqual([expect.stringContaining("03f1"), "end", expect.stringMatching(/^settled 1009 ".+" unclean local$/)]);
  });

  test("a silent peer: 1008 after interval and timeout, not before", () => {
    const { connection, seen } = machine(role, { pingIntervalMs: 1_000, pingTimeoutMs: 500 });
    expect(connection.deadlineMs).toBe(1_000);
    connection.tick(999);
    expect(seen.take()).toEqual([]);
    connection.tick(1_000);
    expect(seen.take()).toEqual([role === "client" ? "write 898000000000" : "write 8900"]);
    connection.tick(1_499);
    expect(seen.take()).toEqual([]);
    connection.tick(1_500);
    expect(seen.take()).toEqual([ourClose(role, 1008, "Ping timeout"), "end", 'settled 1008 "Ping timeout" unclean local']);
  });

  test("our own close(3001): recorded as ours, clean once the peer has answered", () => {
    const { connection, seen } = machine(role);
    connection.close(3001, "bye", 0);
    expect(seen.take()).toEqual([ourClose(role, 3001, "bye")]);
    expect(connection.info).toEqual({ code: 3001, reason: "bye", wasClean: false, initiator: "local" });
    connection.receive(frame(role, 0x88, closePayload(1000)), 0);
    expect(seen.take()).toEqual([...hangUp(role), 'settled 3001 "bye" clean local']);
  });
});

describe.each(roles)("a %s's closing handshake", (role) => {
  test("messages that cross our Close are still delivered; Pings are not answered any more (§5.5.1)", () => {
    const { connection, seen } = machine(role);
    connection.close(1000, "", 0);
    seen.take();
    connection.receive(concat(frame(role, 0x81, "late"), frame(role, 0x89, "p")), 0);
    expect(seen.take()).toEqual(["message late"]);
  });

  test("nothing after the peer's Close is read (§1.4)", () => {
    const { connection, seen } = machine(role);
    connection.receive(concat(frame(role, 0x88, closePayload(1000)), frame(role, 0x81, "ghost"), Uint8Array.of(0xff, 0xff)), 0);
    connection.receive(frame(role, 0x81, "ghost"), 0);
    expect(seen.take().join()).not.toContain("ghost");
  });

  test("closeTimeoutMs: a peer that never answers is hung up on, once", () => {
    const { connection, seen } = machine(role, { closeTimeoutMs: 700 });
    connection.close(1000, "", 100);
    seen.take();
    expect(connection.deadlineMs).toBe(800);
    connection.tick(799);
    expect(seen.take()).toEqual([]);
    connection.tick(800);
    expect(seen.take()).toEqual(["destroy", 'settled 1000 "" unclean local']);
    expect(connection.deadlineMs).toBe(Infinity);
  });

  test("closeTimeoutMs: a peer that never ends TCP is hung up on", () => {
    const { connection, seen } = machine(role, { closeTimeoutMs: 700 });
    connection.receive(frame(role, 0x88, closePayload(1000)), 100);
    seen.take();
    connection.tick(800);
    expect(seen.take()).toEqual(["destroy"]);
  });

  test("a peer that breaks the rules after our Close gets no second one", () => {
    const { connection, seen } = machine(role);
    connection.close(1000, "", 0);
    seen.take();
    connection.receive(frame(role, 0x83, "x"), 0);
    expect(seen.take()).toEqual(["end", 'settled 1000 "" unclean local']);
  });

  test("terminate() sends nothing", () => {
    const { connection, seen } = machine(role);
    connection.terminate(0);
    connection.linkClosed();
    connection.linkClosed();
    expect(seen.take()).toEqual(["destroy", 'settled 1006 "" unclean local', 'closed 1006 "" unclean local']);
  });

  test("close() from within a message ends the reading of data at the peer's answer only", () => {
    const { connection, seen } = machine(role);
    seen.onMessage = () => connection.close(1000, "", 0);
    connection.receive(concat(frame(role, 0x81, "a"), frame(role, 0x81, "b")), 0);
    expect(seen.take()).toEqual([ourClose(role, 1000)]);
  });

  test("terminate() from within a message stops in the middle of a chunk", () => {
    const { connection, seen } = machine(role);
    const messages: unknown[] = [];
    seen.onMessage = (data) => {
      messages.push(data);
      connection.terminate(0);
    };
    connection.receive(concat(frame(role, 0x81, "a"), frame(role, 0x81, "b")), 0);
    expect(messages).toEqual(["a"]);
  });
});

describe("Ping and Pong (§5.5.2, §5.5.3)", () => {
  test("a Ping is answered with its payload", () => {
    const { connection, seen } = machine("server");
    connection.receive(frame("server", 0x89, "abc"), 0);
    expect(seen.take()).toEqual(["write 8a03616263"]);
  });

  test("a congested output owes the latest Pong only", () => {
    const { connection, seen } = machine("server");
    seen.isCongested = true;
    connection.receive(concat(frame("server", 0x89, "a"), frame("server", 0x89, "b")), 0);
    expect(seen.take()).toEqual([]);
    seen.isCongested = false;
    connection.drained();
    connection.drained();
    expect(seen.take()).toEqual(["write 8a0162"]);
  });

  test("maxControlFrames: at the limit within a second they are answered, one over is 1008; the next second counts anew", () => {
    const { connection, seen } = machine("server", { maxControlFrames: 3 });
    for (const nowMs of [0, 1, 2, 1_000, 1_001, 1_002]) connection.receive(frame("server", 0x89), nowMs);
    expect(seen.take()).toHaveLength(6);
    connection.receive(frame("server", 0x89), 1_999);
    expect(seen.log.at(-1)).toMatch(/^settled 1008/);
  });

  test("maxFragments: at the limit a message, one over is 1009", () => {
    const { connection, seen } = machine("server", { maxFragments: 2 });
    connection.receive(concat(frame("server", 0x01, "a"), frame("server", 0x80, "b")), 0);
    expect(seen.take()).toEqual(["message ab"]);
    connection.receive(concat(frame("server", 0x01, "a"), frame("server", 0x00, "b"), frame("server", 0x80, "c")), 0);
    expect(seen.log.at(-1)).toMatch(/^settled 1009/);
  });

  test("data is a sign of life; silence while we ourselves do not read is no fault", () => {
    const { connection, seen } = machine("client", { pingIntervalMs: 1_000, pingTimeoutMs: 500 });
    connection.receive(frame("client", 0x81, "x"), 900);
    expect(connection.deadlineMs).toBe(1_900);
    connection.pause();
    expect(connection.deadlineMs).toBe(Infinity);
    connection.resume(9_000);
    expect(connection.deadlineMs).toBe(10_000);
    connection.tick(10_000);
    expect(seen.take()).toEqual(["message x", "write 898000000000"]);
  });

  test("a pause longer than idleTimeoutMs does not end the connection: the peer may have spoken", () => {
    const { connection, seen } = machine("client", { pingIntervalMs: 0, idleTimeoutMs: 1_000 });
    connection.pause();
    connection.tick(5_000);
    connection.resume(5_000);
    connection.tick(5_999);
    expect(seen.take()).toEqual([]);
    connection.tick(6_000);
    expect(seen.log.at(-1)).toMatch(/^settled 1008/);
  });
});

describe("pause() and resume()", () => {
  test("stop in the middle of a chunk and go on with the rest", () => {
    const { connection, seen } = machine("server");
    seen.onMessage = (data) => {
      seen.log.push(`message ${String(data)}`);
      connection.pause();
    };
    connection.receive(concat(frame("server", 0x81, "a"), frame("server", 0x81, "b"), frame("server", 0x88, closePayload(1000))), 0);
    expect(seen.take()).toEqual(["message a"]);
    connection.resume(0);
    expect(seen.take()).toEqual(["message b"]);
    connection.resume(0);
    expect(seen.take()).toEqual(["write 880203e8", "end", 'settled 1000 "" clean remote']);
  });

  test("a fault in what was held back is told when it is read", () => {
    const { connection, seen } = machine("server");
    connection.pause();
    connection.receive(frame("server", 0x83), 0);
    expect(seen.take()).toEqual([]);
    connection.resume(0);
    expect(seen.take()).toEqual([expect.stringContaining("03ea"), "end", expect.stringMatching(/^settled 1002/)]);
  });
});

test("however TCP cuts the bytes, the same happens", () => {
  for (const role of roles) {
    const bytes = concat(frame(role, 0x01, "he"), frame(role, 0x89, "p"), frame(role, 0x80, "llo"), frame(role, 0x82, Uint8Array.of(1, 2)), frame(role, 0x88, closePayload(1001, "gone")));
    const whole = machine(role);
    whole.connection.receive(bytes, 0);
    for (const [head, tail] of everySplit(bytes)) {
      const cut = machine(role);
      cut.connection.receive(head, 0);
      cut.connection.receive(tail, 0);
      expect(cut.seen.log).toEqual(whole.seen.log);
    }
  }
});

test("whatever bytes and inputs come in whatever order: no throw, one settled, one closed, no Close twice, no data after Close", () => {
  const input = fc.oneof(
    fc.record({ kind: fc.constant("bytes" as const), bytes: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ kind: fc.constant("frame" as const), first: fc.constantFrom(0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a, 0x83), text: fc.string({ maxLength: 5 }) }),
    fc.record({ kind: fc.constantFrom("end" as const, "tick" as const, "close" as const, "terminate" as const, "send" as const, "pause" as const, "resume" as const) }),
  );
  fc.assert(fc.property(fc.constantFrom(...roles), fc.array(input, { maxLength: 30 }), (role, inputs) => {
    const { connection, seen } = machine(role, { pingIntervalMs: 3, pingTimeoutMs: 3, closeTimeoutMs: 3 });
    inputs.forEach((one, nowMs) => {
      switch (one.kind) {
        case "bytes": connection.receive(one.bytes, nowMs); break;
        case "frame": connection.receive(frame(role, one.first, one.text), nowMs); break;
        case "end": connection.receiveEnd(nowMs); break;
        case "tick": connection.tick(nowMs); break;
        case "close": connection.close(1000, "", nowMs); break;
        case "terminate": connection.terminate(nowMs); break;
        case "send": if (connection.state === "open") connection.send("x"); break;
        case "pause": connection.pause(); break;
        case "resume": connection.resume(nowMs); break;
      }
    });
    connection.linkClosed();
    const { log } = seen;
    expect(log.filter((line) => line.startsWith("settled"))).toHaveLength(1);
    expect(log.filter((line) => line.startsWith("closed"))).toEqual([log.at(-1)]);
    const closes = log.flatMap((line, at) => line.startsWith("write 88") ? [at] : []);
    expect(closes.length).toBeLessThanOrEqual(1);
    if (closes[0] !== undefined) expect(log.slice(closes[0] + 1).filter((line) => line.startsWith("write"))).toEqual([]);
    expect(connection.deadlineMs).toBe(Infinity);
  }), { numRuns: 500 });
});
