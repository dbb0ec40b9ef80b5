/** Whatever comes, codec and session answer with packets or with one documented error, and never throw anything else. */
import { ConnectionError, UnknownPacketError, engineioCodes } from "@x/errors/engineio";
import { seededRandom } from "@x/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tape, Witness, config, times } from "../../test/link.js";
import { badPayloads, goodPayloads } from "../../test/packet-vectors.js";
import { nodeText } from "../node/text.js";
import { ClientSession } from "./client-session.js";
import { decodeOpen, encodeOpen } from "./open.js";
import type { WirePacket } from "./packet.js";
import { decodePayload } from "./payload.js";
import type { CloseReason } from "./session-config.js";
import { Session } from "./session.js";
import { neutralText } from "./text.js";

const INPUTS = 200_000;
const { stackTraceLimit } = Error;
beforeAll(() => { Error.stackTraceLimit = 0; }); // most inputs are refused, and a stack costs more than the refusal
afterAll(() => { Error.stackTraceLimit = stackTraceLimit; });
const openWire = encodeOpen({ sid: "s", upgrades: ["websocket"], ...times, maxPayload: 1e6 });
const seeds: readonly string[] = [...goodPayloads, ...badPayloads].map(({ payload }) => payload).concat(openWire, "2probe", "3probe", "5", "0{");
const alphabet = ["0", "1", "2", "3", "4", "5", "6", "7", "b", "=", "A", "/", "+", "{", "}", '"', ":", ",", "\\", "\x1e", "\x1e", "\0", "\ud800", "\udc00", "é", "€", "1e999", "probe", "null", "[]", "__proto__"];

/** Inputs near the ones that mean something: joined, cut, with characters put in, taken out and changed. */
function* mutations(seed: number, count: number): Generator<string, undefined> {
  const random = seededRandom(seed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
  for (let i = 0; i < count; i++) {
    let text = pick(seeds);
    for (let edits = Math.floor(random() * 4); edits > 0; edits--) {
      const at = Math.floor(random() * (text.length + 1));
      const gone = Math.floor(random() * 3);
      text = text.slice(0, at) + (random() < 0.2 ? pick(seeds) : pick(alphabet)) + text.slice(at + gone);
    }
    yield text;
  }
}

function isDocumented(error: unknown): boolean {
  return error instanceof UnknownPacketError && error.code in engineioCodes;
}

test(`decodePayload() and decodeOpen(), ${INPUTS} inputs: packets or one documented error`, () => {
  let [taken, refused, strange] = [0, 0, 0];
  for (const input of mutations(4, INPUTS)) {
    const role = refused % 2 === 0 ? "server" : "client";
    const result = attempt(() => decodePayload(input, role, 5, taken % 2 === 0 ? neutralText : nodeText, role === "client"));
    if (Array.isArray(result) && result.length <= 5 && result.every((wire) => wire !== "")) taken++;
    else if (isDocumented(result)) refused++;
    else strange++;
    const open = input.startsWith("0") ? attempt(() => decodeOpen(input)) : undefined;
    if (open instanceof Error && !isDocumented(open)) strange++;
  }
  expect(strange).toBe(0);
  expect(taken, "the fuzzer must reach both ends").toBeGreaterThan(INPUTS / 100);
  expect(refused).toBeGreaterThan(INPUTS / 100);
});

function attempt(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const peersReasons: readonly CloseReason[] = ["transport close", "parse error"];

test("Session, either role, on its transport and on one on trial: never throws, ends at most once, and only for the peer's reasons", () => {
  const inputs = mutations(5, 60_000);
  let ended = 0;
  for (let round = 0; round < 3000; round++) {
    const role = round % 2 === 0 ? "server" : "client";
    const sink = new Witness();
    const settings = config({ now: () => round });
    const session = role === "server" ? new Session(settings, sink, 1000, 1000) : new ClientSession(settings, sink);
    const polling = { name: "polling", flush: () => undefined, pause: () => undefined, resume: () => undefined, end: () => undefined };
    session.start(polling);
    if (session instanceof Session) session.open(openWire, times.pingInterval, times.pingTimeout);
    else if (round % 3 > 0) session.receive(openWire, polling);
    const stream = new Tape(session);
    session.tryUpgrade(stream);
    for (let i = 0; i < 20; i++) session.receive(wireOf(inputs.next().value ?? "", i), i % 3 === 0 ? stream : polling);
    expect(sink.closes.length).toBeLessThanOrEqual(1);
    for (const [reason, cause] of sink.closes) {
      ended++;
      expect(peersReasons).toContain(reason);
      const isClosedAtOnce = cause instanceof ConnectionError && cause.code === "engineio/connection-lost"; // CLOSE before OPEN
      expect(cause === undefined || isDocumented(cause) || isClosedAtOnce).toBe(true);
    }
    expect(session.state === "closed").toBe(sink.closes.length === 1);
  }
  expect(ended).toBeGreaterThan(100);
});

function wireOf(input: string, index: number): WirePacket {
  return index % 7 === 6 ? new TextEncoder().encode(input) : input;
}
