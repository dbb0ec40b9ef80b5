/** A connection's namespaces: asked for, granted, refused, left; every other packet is a fault. */
import type { SocketIOError } from "@x/errors/socketio";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Ask } from "./ask.js";
import { encodePacket } from "./encoder.js";
import { jsonCodec } from "./json-codec.js";
import type { Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";
import { type Member, ServerConnection } from "./server-connection.js";

/** @param takes whether a packet is taken; told whether the client is not in its namespace any more. */
function start(maxNamespaces = 3, takes: (packet: Packet, isLeft: boolean) => boolean = () => true) {
  const log: unknown[] = [];
  const asks: Ask<Member>[] = [];
  const connection = new ServerConnection({ codec: jsonCodec(), maxNamespaces }, {
    answerByMs: 5100,
    takes,
    onConnect: (ask, auth) => {
      asks.push(ask);
      log.push(["connect", ask.nsp, auth]);
    },
    onAskTimeout: ({ nsp }) => log.push(["no answer", nsp]),
    onFailure: (error: SocketIOError) => log.push(["failure", error.code]),
    onConnectTimeout: () => log.push(["timeout"]),
  }, 1100);
  const member = (name: string): Member => ({ receive: (packet) => log.push([name, packet.type, packet.data]) });
  /** Answers the last question for a namespace, if there was one. */
  const accept = (nsp: string, socket = member(nsp)): boolean => asks.filter((ask) => ask.nsp === nsp).slice(-1).some((ask) => connection.accept(ask, socket));
  return { connection, log, asks, member, accept };
}

describe("ServerConnection", () => {
  test("a namespace is asked for, granted and used", () => {
    const { connection, log, member, accept } = start();
    connection.receive('0/a,{"token":1}');
    expect(accept("/a", member("a"))).toBe(true);
    connection.receive('2/a,["event"]');
    connection.receive("1/a,");
    expect(log).toEqual([["connect", "/a", { token: 1 }], ["a", 2, ["event"]], ["a", 1, undefined]]);
  });

  test.each([
    ["an event before CONNECT", ['2["a"]']],
    ["an event before the answer", ["0", '2["a"]']],
    ["a second CONNECT before the answer", ["0", "0"]],
    ["CONNECT_ERROR from a client", ['4{"message":"x"}']],
  ])("%s is a fault, reported once, and nothing counts afterwards", (_name, messages) => {
    const { connection, log } = start();
    for (const message of [...messages, ...messages, "0/later,"]) connection.receive(message);
    expect(log.filter((entry) => (entry as unknown[])[0] === "failure")).toEqual([["failure", "socketio/unexpected-packet"]]);
    expect(log.at(-1)).toEqual(["failure", "socketio/unexpected-packet"]);
    expect(connection.deadlineMs).toBe(Infinity);
  });

  test("a client may not give a reason with DISCONNECT, not even for a namespace that was left", () => {
    for (const before of [[], ["1"]]) {
      const { connection, log, accept } = start();
      connection.receive("0");
      accept("/");
      for (const message of [...before, '1{"message":"x"}']) connection.receive(message);
      expect(log.at(-1)).toEqual(["failure", "socketio/invalid-packet"]);
    }
  });

  test("what is under way when the server disconnects a socket is ignored, and the client may ask again", () => {
    const { connection, log, accept } = start();
    connection.receive("0");
    accept("/");
    connection.leave("/");
    connection.receive('2["late"]');
    connection.receive("0");
    expect(log).toEqual([["connect", "/", {}], ["connect", "/", {}]]);
  });

  test("every packet that may come is judged once; one that is not taken changes nothing, and nobody hears of it", () => {
    const judged: unknown[] = [];
    let isTaken = true;
    const { connection, log, asks, accept } = start(3, ({ type, nsp }, isLeft) => {
      judged.push([type, nsp, isLeft]);
      return isTaken;
    });
    connection.receive("0");
    accept("/");
    for (const message of ['2["a"]', "30[]", "1"]) connection.receive(message);
    connection.leave("/");
    connection.receive('2["late"]');
    isTaken = false;
    for (const message of ["0", '2["late"]', "0/b,"]) connection.receive(message);
    expect([asks.length, connection.asks, log.slice(1)]).toEqual([1, [], [["/", 2, ["a"]], ["/", 3, []], ["/", 1, undefined]]]);
    expect(judged).toEqual([[0, "/", false], [2, "/", false], [3, "/", false], [1, "/", false], [2, "/", true], [0, "/", true], [2, "/", true], [0, "/b", false]]);
    connection.receive("4{}");
    expect([judged.length, log.at(-1)]).toEqual([8, ["failure", "socketio/unexpected-packet"]]);
  });

  test("connectTimeout: at the limit, not before, and not when in a namespace; refused ones do not count", () => {
    const waiting = start();
    waiting.connection.receive("0");
    for (const ask of waiting.asks) waiting.connection.refuse(ask);
    waiting.connection.tick(1099);
    expect(waiting.log).toEqual([["connect", "/", {}]]);
    waiting.connection.tick(1100);
    expect(waiting.log.at(-1)).toEqual(["timeout"]);
    expect(waiting.accept("/")).toBe(false);
    const inside = start();
    inside.connection.receive("0");
    inside.accept("/");
    inside.connection.tick(1e9);
    expect([inside.log, inside.connection.deadlineMs]).toEqual([[["connect", "/", {}]], Infinity]);
  });

  test("a question has an answer in time: with the connection's for the first namespace, with its own for others", () => {
    const first = start();
    first.connection.receive("0");
    first.connection.tick(1099);
    expect(first.log).toHaveLength(1);
    first.connection.tick(1100);
    expect([first.log.slice(1), first.accept("/")]).toEqual([[["no answer", "/"], ["timeout"]], false]);
    const { connection, log, asks, accept } = start();
    connection.receive("0");
    accept("/");
    connection.receive("0/a,");
    expect(connection.deadlineMs).toBe(5100);
    connection.tick(5099);
    expect([connection.isOpen(asks[1]!), log]).toEqual([true, [["connect", "/", {}], ["connect", "/a", {}]]]);
    connection.tick(5100);
    expect([log.at(-1), connection.isOpen(asks[1]!), connection.deadlineMs]).toEqual([["no answer", "/a"], false, Infinity]);
  });

  test("an answer that comes too late is not one to a later question", () => {
    const { connection, asks, member, accept } = start();
    connection.receive("0");
    accept("/");
    connection.receive("0/a,");
    connection.tick(5100);
    connection.receive("0/a,");
    const [, late] = asks;
    expect([connection.accept(late!, member("late")), connection.refuse(late!), accept("/a")]).toEqual([false, false, true]);
  });

  test("maxNamespacesPerConnection: at the limit, and one more", () => {
    const { connection, log, accept } = start(2);
    for (const nsp of ["/a", "/b"]) {
      connection.receive(`0${nsp},`);
      accept(nsp);
    }
    connection.leave("/a");
    connection.receive("0/a,");
    expect(log.at(-1)).toEqual(["connect", "/a", {}]);
    connection.receive("0/c,");
    expect(log.at(-1)).toEqual(["failure", "socketio/too-many-namespaces"]);
  });

  test("the questions that are open are those that had no answer, however the others ended (property)", () => {
    const step = fc.record({ kind: fc.constantFrom("ask", "accept", "refuse", "leave", "tick"), nsp: fc.constantFrom("/", "/a", "/b"), late: fc.nat(3) });
    fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { connection, asks, member } = start();
      for (const { kind, nsp, late } of steps) {
        const ask = asks.filter((one) => one.nsp === nsp).at(-1 - late);
        if (kind === "ask") connection.receive(`0${nsp},`);
        else if (kind === "leave") connection.leave(nsp);
        else if (kind === "tick") connection.tick(5100);
        else if (ask !== undefined && kind === "accept") connection.accept(ask, member(nsp));
        else if (ask !== undefined) connection.refuse(ask);
        if (connection.deadlineMs === Infinity && connection.asks.length > 0) return; // a fault has ended it
        expect(new Set(connection.asks)).toEqual(new Set(asks.filter((one) => connection.isOpen(one))));
      }
      const open = connection.asks;
      connection.end();
      expect(connection.asks).toEqual(open);
    }));
  });

  test("any sequence of packets ends in calls of the sink, at most one failure, and never throws (property)", () => {
    const packet = fc.record({ type: fc.constantFrom(...Object.values(PacketType)), nsp: fc.constantFrom("/", "/a", "/b"), id: fc.option(fc.nat(9), { nil: undefined }), data: fc.constantFrom(undefined, {}, ["a"], [1], "x") });
    const wire = fc.oneof(packet.map((value) => encodePacket(value)[0] ?? ""), fc.string(), fc.uint8Array());
    fc.assert(fc.property(fc.array(wire, { maxLength: 12 }), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (messages, accepts) => {
      const { connection, log, accept } = start();
      messages.forEach((message, at) => {
        connection.receive(message);
        if (accepts[at] === true) for (const nsp of ["/", "/a"]) accept(nsp);
      });
      const failures = log.filter((entry) => (entry as unknown[])[0] === "failure");
      expect(failures.length).toBeLessThanOrEqual(1);
      if (failures.length === 1) expect(log.at(-1)).toEqual(failures[0]);
    }));
  });
});
