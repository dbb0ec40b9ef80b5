/** What the exchange makes up: the same for the same seed, and plausible. */
import { FakeClock } from "@x/testkit";
import { describe, expect, test } from "vitest";
import { Market, STEP_MS } from "../src/exchange/market.js";
import { seeded, seedOf } from "../src/exchange/random.js";
import { openTexts, write } from "../src/exchange/writer.js";
import { ticksChannel } from "../src/shared/channels.js";
import { limits } from "../src/shared/limits.js";
import { messageSchema, type Message, type Snapshot, type Tick } from "../src/shared/protocol.js";
import { instruments } from "../src/shared/symbols.js";

function day(seed: number, steps: number): { readonly first: Snapshot; readonly ticks: readonly Tick[] } {
  const clock = new FakeClock();
  const market = new Market({ clock, seed, epochMs: () => 1_000_000_000_000 + clock.now() });
  const told: Message[] = [];
  const feed = market.open(ticksChannel("AMBR"), (message) => told.push(message));
  const first = feed?.snapshot?.();
  clock.advance(steps * STEP_MS);
  market.close();
  return { first: first as Snapshot, ticks: told as Tick[] };
}

describe("the market", () => {
  test("is told by its seed", () => {
    expect(day(7, 200)).toEqual(day(7, 200));
    expect(day(7, 200).ticks).not.toEqual(day(8, 200).ticks);
  });

  test("begins with a past, goes on without gaps, and keeps bid below ask", () => {
    const { first, ticks } = day(1, 2_000);
    expect(first.history.length).toBe(limits.historyPoints);
    expect(ticks.length).toBeGreaterThan(1_000);
    expect(ticks.map(({ position }) => position)).toEqual(ticks.map((_, index) => first.position + 1 + index));
    for (const { bid, ask, last } of ticks) expect(bid < ask && (last === bid || last === ask)).toBe(true);
    const home = instruments[0]?.price ?? 0;
    for (const { last } of ticks) expect(Math.abs(Math.log(last / home))).toBeLessThan(0.5);
    for (const message of [first, ...ticks]) expect(messageSchema.safeParse(message).success).toBe(true);
  });
});

describe("the writer", () => {
  const name = "text:1:What is a tick?";

  test("writes the same text for the same channel, as a generator that says what it is", () => {
    const tokens = write("What is a tick?", seeded(seedOf(name)));
    expect(tokens).toEqual(write("What is a tick?", seeded(seedOf(name))));
    expect(tokens.length).toBeGreaterThanOrEqual(60);
    expect(tokens.length).toBeLessThanOrEqual(limits.textTokens);
    expect(tokens.join("")).toMatch(/simulated|random generator/u);
    expect(tokens.join("")).toContain("“What is a tick?”");
  });

  test("writes while somebody reads, stops when nobody does, and ends", () => {
    const clock = new FakeClock();
    const told: { text: string; position: number; isLast: boolean }[] = [];
    const feed = openTexts(clock)(name, (message) => message.type === "token" && told.push(message));
    feed?.setActive?.(true);
    clock.advance(1_000);
    const { length } = told;
    expect(length).toBeGreaterThan(5);
    feed?.setActive?.(false);
    clock.advance(10_000);
    expect(told.length).toBe(length);
    feed?.resume?.(length + 10);
    expect(told.length).toBe(length + 10);
    feed?.setActive?.(true);
    clock.advance(60_000);
    expect(told.map(({ text }) => text)).toEqual(write("What is a tick?", seeded(seedOf(name))));
    expect(told.map(({ position }) => position)).toEqual(told.map((_, index) => index + 1));
    expect(told.filter(({ isLast }) => isLast)).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
