/** Each fault by itself, on a clock that is moved by hand. */
import { FakeClock } from "@x/testkit";
import { expect, test } from "vitest";
import { FaultyOutlet, MAX_DELAYED } from "../src/exchange/faulty-outlet.js";
import { NO_FAULTS, type Faults } from "../src/shared/protocol.js";

function setUp() {
  const clock = new FakeClock();
  const sent: string[] = [];
  const it: { faults: Faults; chance: number; drained: number } = { faults: NO_FAULTS, chance: 0, drained: 0 };
  const outlet = new FaultyOutlet({
    clock, faults: () => it.faults, random: () => it.chance, onDrain: () => it.drained++,
    wire: { trySend: (text) => sent.push(text) > 0, close: () => undefined },
  });
  const offer = (text: string, kind: "isSnapshot" | "isLast" | "message" = "message"): boolean => outlet.offer({ position: 0, text, isSnapshot: kind === "isSnapshot", isLast: kind === "isLast" }, "c");
  return { clock, sent, it, outlet, offer };
}

test("without faults everything passes as it is", () => {
  const { sent, offer } = setUp();
  for (const text of ["a", "b"]) expect(offer(text)).toBe(true);
  expect(sent).toEqual(["a", "b"]);
});

test.each<[keyof Faults, string[]]>([
  ["gap", ["snapshot", "end"]],
  ["duplicate", ["snapshot", "snapshot", "a", "a", "b", "b", "end", "end"]],
  ["reorder", ["snapshot", "b", "a", "end"]],
  ["silent", []],
])("%s, always: %j", (fault, expected) => {
  const { sent, it, offer } = setUp();
  it.faults = { ...NO_FAULTS, [fault]: fault === "silent" ? true : 0.5 };
  offer("snapshot", "isSnapshot");
  for (const text of ["a", "b"]) offer(text);
  offer("end", "isLast");
  expect(sent).toEqual(expected);
});

test("slowMs: late, in order, also when it is switched off meanwhile", () => {
  const { clock, sent, it, offer } = setUp();
  it.faults = { ...NO_FAULTS, slowMs: 100 };
  offer("a");
  clock.advance(50);
  it.faults = NO_FAULTS;
  offer("b");
  clock.advance(49);
  expect(sent).toEqual([]);
  clock.advance(1);
  expect(sent).toEqual(["a", "b"]);
  offer("c");
  expect([sent, clock.pending]).toEqual([["a", "b", "c"], 0]);
});

test("slowMs: MAX_DELAYED are held, the next must wait until there is room; closing drops them", () => {
  const { clock, sent, it, outlet, offer } = setUp();
  it.faults = { ...NO_FAULTS, slowMs: 100 };
  for (let n = 0; n < MAX_DELAYED; n++) expect(offer(`${n}`)).toBe(true);
  expect(offer("one too many")).toBe(false);
  clock.advance(100);
  expect([sent.length, it.drained, offer("again")]).toEqual([MAX_DELAYED, 1, true]);
  outlet.close();
  clock.advance(1_000);
  expect([sent.length, clock.pending]).toEqual([MAX_DELAYED, 0]);
});
