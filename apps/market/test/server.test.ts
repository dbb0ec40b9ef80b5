/** Channels, their tapes and sessions, without a network. */
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { Hub } from "../src/server/hub.js";
import { Session } from "../src/server/session.js";
import { Tape } from "../src/server/tape.js";
import type { Feed, Publish } from "../src/server/channel.js";
import { limits } from "../src/shared/limits.js";
import type { Message, Token } from "../src/shared/protocol.js";

function token(position: number, channel = "text:1:hi"): Token {
  return { type: "token", channel, position, text: `${position}`, isLast: false };
}

interface Told {
  readonly type: string;
  readonly position?: number;
  readonly error?: string;
  readonly resumed?: boolean;
}

/** A hub with one kind of feed, fed by hand, and connections to it. */
function setUp(feed: Omit<Feed, "close"> = {}, isKnown: (name: string) => boolean = () => true) {
  const clock = new FakeClock();
  const publishers = new Map<string, Publish>();
  let asked = 0;
  const hub = new Hub({
    clock, lingerMs: 1_000,
    open: (name, publish) => {
      if (!isKnown(name)) return undefined;
      publishers.set(name, publish);
      return { ...feed, close: () => publishers.delete(name) };
    },
  });
  const connect = () => {
    const told: Told[] = [];
    const wire = { room: Infinity, closed: 0 };
    const session = new Session(hub, {
      trySend: (text) => {
        if (wire.room <= 0) return false;
        wire.room--;
        told.push(JSON.parse(text) as Told);
        return true;
      },
      close: (code) => (wire.closed = code),
    }, clock);
    const ask = (request: object): void => session.receive(JSON.stringify({ id: ++asked, ...request }));
    return { session, told, wire, ask, messages: () => told.filter(({ type }) => type !== "done"), positions: () => told.flatMap(({ position }) => position ?? []) };
  };
  return { hub, clock, publishers, connect, publish: (message: Message) => publishers.get(message.channel)?.(message) };
}

describe("Tape", () => {
  test("keeps the last of what was written, and finds places by position", () => {
    const tape = new Tape(4);
    expect(tape.indexAfter(0)).toBeUndefined();
    for (const position of [10, 11, 13, 14, 15]) tape.write({ position, text: "", isSnapshot: false, isLast: false });
    expect([tape.start, tape.end, tape.at(0), tape.at(1)?.position, tape.at(5)]).toEqual([1, 5, undefined, 11, undefined]);
    expect([9, 10, 11, 12, 13, 15, 16].map((position) => tape.indexAfter(position))).toEqual([undefined, 1, 2, 2, 3, 5, undefined]);
  });
});

describe("a channel", () => {
  const subscribe = (after?: number): object => ({ op: "subscribe", channel: "text:1:hi", ...(after === undefined ? {} : { after }) });

  test("gives everybody every message, and a late reader what the tape has", () => {
    const { connect, publish } = setUp();
    const early = connect();
    early.ask(subscribe());
    for (const position of [1, 2, 3]) publish(token(position));
    const [late, resumed] = [connect(), connect()];
    late.ask(subscribe());
    resumed.ask(subscribe(2));
    publish(token(4));
    expect([early.positions(), late.positions(), resumed.positions()]).toEqual([[1, 2, 3, 4], [1, 2, 3, 4], [3, 4]]);
  });

  test("holds nothing for a slow reader but a place: it catches up from the tape, without loss", () => {
    const { connect, publish } = setUp();
    const slow = connect();
    slow.ask(subscribe());
    slow.wire.room = 2;
    for (let position = 1; position <= 10; position++) publish(token(position));
    expect(slow.positions()).toEqual([1, 2]);
    slow.wire.room = Infinity;
    slow.session.resume();
    expect(slow.positions()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test("who falls off the tape gets a snapshot, and goes on from there", () => {
    const snapshot = (): Message => ({ type: "snapshot", channel: "ticks:A", position: limits.tapeMessages + 5, timeMs: 0, last: 1, bid: 1, ask: 1, open: 1, history: [] });
    const { connect, publish } = setUp({ snapshot });
    const slow = connect();
    slow.ask({ op: "subscribe", channel: "ticks:A" });
    slow.wire.room = 0;
    for (let position = 1; position <= limits.tapeMessages + 5; position++) publish(token(position, "ticks:A"));
    slow.wire.room = Infinity;
    slow.session.resume();
    publish(token(limits.tapeMessages + 6, "ticks:A"));
    expect(slow.messages().map(({ type }) => type)).toEqual(["snapshot", "snapshot", "token"]);
    expect(slow.positions().at(-1)).toBe(limits.tapeMessages + 6);
  });

  test("who knows more than the tape is not told it again", () => {
    const resumed: number[] = [];
    const { connect, publish } = setUp({ resume: (after) => resumed.push(after) });
    const reader = connect();
    reader.ask(subscribe(3));
    for (const position of [1, 2, 3, 4]) publish(token(position));
    expect([resumed, reader.positions()]).toEqual([[3], [4]]);
  });

  test("is active while somebody reads, and outlives its last reader for a while", () => {
    const active: boolean[] = [];
    const { connect, clock, hub } = setUp({ setActive: (isActive) => active.push(isActive) });
    const [one, other] = [connect(), connect()];
    one.ask(subscribe());
    other.ask(subscribe());
    one.session.end();
    expect([active, hub.size]).toEqual([[true], 1]);
    other.session.end();
    expect([active, hub.size]).toEqual([[true, false], 1]);
    clock.advance(999);
    one.ask(subscribe());
    clock.advance(5_000);
    expect([active, hub.size]).toEqual([[true, false, true], 1]);
    one.session.end();
    clock.advance(1_000);
    expect(hub.size).toBe(0);
  });
});

describe("a session", () => {
  test("answers every request, before the channel's messages", () => {
    const { connect, publish } = setUp({ resume: () => undefined }, (name) => name === "text:1:hi");
    const first = connect();
    first.ask({ op: "subscribe", channel: "text:1:hi" });
    publish(token(1));
    publish(token(2));
    const { told, ask, session } = connect();
    ask({ op: "subscribe", channel: "ticks:B" });
    ask({ op: "subscribe", channel: "text:1:hi", after: 1 });
    ask({ op: "unsubscribe", channel: "text:1:hi" });
    ask({ op: "unsubscribe", channel: "nothing" });
    expect(told).toEqual([
      { type: "done", id: 2, error: "There is no such channel" }, { type: "done", id: 3, resumed: true }, token(2), { type: "done", id: 4 }, { type: "done", id: 5 },
    ]);
    expect(session.channels).toBe(0);
  });

  test("tells who cannot be resumed, and sends a snapshot", () => {
    const snapshot = (): Message => ({ type: "snapshot", channel: "ticks:A", position: 9, timeMs: 0, last: 1, bid: 1, ask: 1, open: 1, history: [] });
    const { connect } = setUp({ snapshot });
    const { told, ask } = connect();
    ask({ op: "subscribe", channel: "ticks:A", after: 3 });
    expect(told).toEqual([{ type: "done", id: 1, resumed: false }, snapshot()]);
  });

  test.each(["{", "[]", '{"op":"subscribe"}', '{"op":"subscribe","channel":"ticks:A","id":1,"after":-1}', new Uint8Array(1)])("that sends %j is closed with 1008", (data) => {
    const { connect } = setUp();
    const { wire, session } = connect();
    session.receive(data);
    expect(wire.closed).toBe(1008);
  });

  test("has at most channelsPerConnection channels; all together have at most channels", () => {
    const { connect, hub } = setUp();
    const first = connect();
    for (let n = 0; n <= limits.channelsPerConnection; n++) first.ask({ op: "subscribe", channel: `text:${n}:hi` });
    expect([first.session.channels, first.told.map(({ error }) => error)]).toEqual([limits.channelsPerConnection, [...Array<undefined>(limits.channelsPerConnection), "A connection has at most 64 channels"]]);
    for (let others = 1; others < Math.ceil(limits.channels / limits.channelsPerConnection); others++) {
      const { ask } = connect();
      for (let n = 0; n < limits.channelsPerConnection; n++) ask({ op: "subscribe", channel: `text:${others}-${n}:hi` });
    }
    const last = connect();
    last.ask({ op: "subscribe", channel: "text:x:hi" });
    expect([hub.size, last.told[0]?.error]).toEqual([limits.channels, "There are 1024 channels already"]);
    first.session.end(); // nobody reads these any more: they make room
    last.ask({ op: "subscribe", channel: "text:x:hi" });
    expect(last.session.channels).toBe(1);
  });

  test("that asks too often is closed with 1008", () => {
    const { connect, clock } = setUp();
    const { ask, wire } = connect();
    for (let n = 0; n < limits.requestBurst; n++) ask({ op: "unsubscribe", channel: "text:1:hi" });
    expect(wire.closed).toBe(0);
    clock.advance(1_000 / limits.requestsPerSecond);
    ask({ op: "unsubscribe", channel: "text:1:hi" });
    expect(wire.closed).toBe(0);
    ask({ op: "unsubscribe", channel: "text:1:hi" });
    expect(wire.closed).toBe(1008);
  });
});
