/** Wherever the connection is cut, on a clock that only the test moves: within bounds no event is lost or doubled, beyond them the client is told. */
import { FakeClock } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonCodec } from "./json-codec.js";
import type { EncodedPacket } from "./packet.js";
import * as PacketType from "./packet-type.js";
import { DEFAULT_RECOVERY, type RecoverySettings } from "./recovery.js";
import { type RecoverableSession, settle, takeOffset } from "./recovery-client.js";
import { RecoverySessions } from "./recovery-sessions.js";
import type { Holder } from "./session-keeper.js";

const AWAY_MS = 1000;
const HEARTBEAT_MS = 100;
const rooms = ["red", "blue"] as const;

/** A client, its link, which may swallow what was sent last, and what it ought to have heard. */
class Member implements Holder {
  readonly id: string;
  readonly data: object = {};
  /** A new socket is in none. */
  readonly rooms: readonly string[] = [];
  present = new Set<string>();
  readonly heard: number[] = [];
  expected: number[] = [];
  /** Sent, and not there yet. */
  underway: EncodedPacket[] = [];
  isHeld = false;
  state: RecoverableSession | undefined;
  readonly #sessions: RecoverySessions;

  constructor(id: string, sessions: RecoverySessions) {
    this.id = id;
    this.#sessions = sessions;
  }

  supersede(): void {
    this.isHeld = false;
    this.#sessions.leave(this.id, this.data);
  }

  deliver(count: number): void {
    for (const packets of this.underway.splice(0, count)) this.#hear(packets);
  }

  /** The link breaks; whether the server notices is another matter. */
  cut(isNoticed: boolean): void {
    this.underway = [];
    if (isNoticed) this.supersede();
  }

  /** @returns the outcome. */
  connect(): string {
    const claim = this.#sessions.claim(this.state?.pid, this.state?.offset);
    this.underway = [];
    const resumed = this.#sessions.hold(this, claim);
    this.isHeld = true;
    const { session, recovery } = settle(this.state, resumed.answer);
    this.state = session;
    if (recovery?.outcome === "lost") this.present = new Set();
    if (recovery?.outcome !== "recovered") this.expected = [...this.heard]; // it was told that it lost what is missing
    this.underway.push(...resumed.missed.map(({ packets }) => packets));
    return recovery?.outcome ?? "new";
  }

  #hear(packets: EncodedPacket): void {
    const packet = jsonCodec().createDecoder().push(packets[0] ?? "");
    if (packet === undefined || this.state === undefined) throw new Error("a packet in one piece");
    const [, number] = takeOffset(this.state, packet).data as [string, number];
    this.heard.push(number);
  }
}

function playground(settings: Partial<RecoverySettings>): { clock: FakeClock; sessions: RecoverySessions; member: Member } {
  const clock = new FakeClock();
  let ids = 0;
  const sessions = new RecoverySessions({ ...DEFAULT_RECOVERY, maxDisconnectionDuration: AWAY_MS, ...settings }, {
    clock, encoder: jsonCodec(), generateId: () => `id${String(ids++).padStart(10, "0")}`, heartbeatMs: HEARTBEAT_MS, touch: () => undefined, onEmpty: () => undefined,
  });
  return { clock, sessions, member: new Member("socket", sessions) };
}

type Step =
  | { readonly kind: "send"; readonly to: readonly string[]; readonly except: readonly string[] }
  | { readonly kind: "join" | "leave"; readonly room: string }
  | { readonly kind: "deliver"; readonly count: number }
  | { readonly kind: "cut"; readonly isNoticed: boolean; readonly awayMs: number };

const someRooms = fc.subarray([...rooms]);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("send" as const), to: someRooms, except: fc.subarray(["blue"]) }) },
  fc.record({ kind: fc.constantFrom("join" as const, "leave" as const), room: fc.constantFrom(...rooms) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("deliver" as const), count: fc.nat(4) }) },
  fc.record({ kind: fc.constant("cut" as const), isNoticed: fc.boolean(), awayMs: fc.constantFrom(0, 1, 500, 999, 1000, 5000) }),
);

function play(steps: readonly Step[], settings: Partial<RecoverySettings>): { member: Member; outcomes: string[]; foreseen: string[] } {
  const { clock, sessions, member } = playground(settings);
  const outcomes = [member.connect()];
  const foreseen = ["new"];
  const sentAtMs: number[] = [];
  const foresee = ({ isNoticed, awayMs }: { isNoticed: boolean; awayMs: number }): string => {
    if (isNoticed && awayMs >= AWAY_MS) return "lost";
    const isOver = (number = NaN): boolean => clock.now() - (sentAtMs[number] ?? Infinity) >= AWAY_MS + HEARTBEAT_MS;
    if (isOver(member.expected[member.heard.length])) return "partial";
    return isOver(member.heard.length === 0 ? 0 : (member.heard.at(-1) ?? 0) + 1) ? "recovered or partial" : "recovered"; // in doubt, the client is told so
  };
  const send = (to: readonly string[], except: readonly string[]): void => {
    const number = sentAtMs.push(clock.now()) - 1;
    const isFor = (to.length === 0 || to.some((room) => member.present.has(room))) && !except.some((room) => member.present.has(room));
    const packets = sessions.encode({ type: PacketType.EVENT, nsp: "/", data: ["event", number] }, { rooms: new Set(to), except: new Set(except) });
    if (isFor) member.expected.push(number);
    if (isFor && member.isHeld) member.underway.push(packets);
  };
  for (const each of steps) {
    if (each.kind === "send") send(each.to, each.except);
    else if (each.kind === "deliver") member.deliver(each.count);
    else if (each.kind === "cut") {
      member.cut(each.isNoticed);
      clock.advance(each.isNoticed ? each.awayMs : Math.min(each.awayMs, HEARTBEAT_MS - 1)); // what is not noticed for longer is a ping timeout
      sessions.tick(clock.now());
      send([], []);
      foreseen.push(foresee(each));
      outcomes.push(member.connect());
    } else if (each.kind === "join") {
      member.present.add(each.room);
      sessions.joined(member.id, [each.room]);
    } else if (member.present.delete(each.room)) sessions.left(member.id, each.room);
    expect(member.heard).toEqual(member.expected.slice(0, member.heard.length));
  }
  member.deliver(Infinity);
  return { member, outcomes, foreseen };
}

test("RecoverySessions: whatever is sent, joined, left and cut, every event arrives once and in order", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const { member, outcomes, foreseen } = play(steps, {});
    expect(member.heard).toEqual(member.expected);
    for (const [at, outcome] of outcomes.entries()) expect(foreseen[at]).toContain(outcome);
  }), { numRuns: 300 });
});

test("RecoverySessions: with hardly any room, an event that does not arrive is one whose loss was told", () => {
  const outcomes = new Set<string>();
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, maxPackets) => {
    const played = play(steps, { maxPackets });
    expect(played.member.heard).toEqual(played.member.expected);
    for (const outcome of played.outcomes) outcomes.add(outcome);
  }), { numRuns: 300, seed: 5 });
  expect([...outcomes].sort()).toEqual(["lost", "new", "partial", "recovered"]);
});
