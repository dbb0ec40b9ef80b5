/** Acknowledgements: bounded, timed, lost. */
import { describe, expect, test } from "vitest";
import { AckTable } from "./acks.js";
import { Audience } from "./broadcast.js";
import { OpenAckTable } from "./open-acks.js";

const nothing = () => undefined;
const watched = new Set<unknown>();
const sweep = { add: (entry: unknown) => void watched.add(entry), delete: (entry: unknown) => void watched.delete(entry) };

describe("AckTable", () => {
  test("an acknowledgement is taken once; an unknown id finds nothing", () => {
    const acks = new AckTable(10, sweep);
    const listener = () => undefined;
    acks.add(0, listener);
    expect(acks.take(0)).toBe(listener);
    expect(acks.take(0)).toBeUndefined();
    expect(acks.take(7)).toBeUndefined();
  });

  test("maxPendingAcks: at the limit, and one more", () => {
    const acks = new AckTable(2, sweep);
    acks.add(1, nothing);
    acks.add(2, nothing);
    expect(() => acks.add(3, nothing)).toThrow(expect.objectContaining({ code: "socketio/too-many-acks" }));
    acks.take(1);
    expect(() => acks.add(3, nothing)).not.toThrow();
  });

  test("tick() ends what is overdue, at its deadline and not before; deadlineMs is the next one", () => {
    const acks = new AckTable(10, sweep);
    const log: string[] = [];
    for (const [id, deadlineMs] of [[1, 100], [2, 50], [3, Infinity]] as const) {
      acks.add(id, nothing, { deadlineMs, onTimeout: () => log.push(`timeout ${id}`), onLost: () => log.push(`lost ${id}`) });
    }
    expect([acks.deadlineMs, watched.has(acks)]).toEqual([50, true]);
    acks.tick(49);
    expect(log).toEqual([]);
    acks.tick(50);
    expect([log, acks.deadlineMs]).toEqual([["timeout 2"], 100]);
    acks.take(1);
    acks.tick(1000);
    expect([log, acks.deadlineMs, watched.has(acks)]).toEqual([["timeout 2"], Infinity, false]);
    acks.lose(new Error("gone"), () => false);
    expect([log, acks.pending.size]).toEqual([["timeout 2", "lost 3"], 0]);
  });

  test("lose() keeps what is yet to be sent", () => {
    const acks = new AckTable(10, sweep);
    const lost: number[] = [];
    for (const id of [1, 2]) acks.add(id, nothing, { deadlineMs: Infinity, onTimeout: nothing, onLost: () => lost.push(id) });
    acks.lose(new Error("gone"), (id) => id === 2);
    expect([lost, [...acks.pending.keys()]]).toEqual([[1], [2]]);
  });
});

describe("OpenAckTable", () => {
  test("what a broadcast adds stays bounded: the oldest gives way", () => {
    const acks = new OpenAckTable(2, sweep);
    for (const id of [1, 2, 3]) acks.pending.set(id, nothing);
    expect([...acks.pending.keys()]).toEqual([2, 3]);
  });

  test("what a broadcast adds until a time goes then, and is told nobody; at the limit the owner hears whose place it took", () => {
    const acks = new OpenAckTable(2, sweep);
    const lost: unknown[] = [];
    acks.add(1, nothing, { deadlineMs: Infinity, onTimeout: nothing, onLost: (error) => lost.push((error as { code?: unknown }).code) });
    for (const id of [2, 3]) acks.pending.set(id, Object.assign(() => undefined, { deadlineMs: 100 }));
    expect([[...acks.pending.keys()], lost, acks.deadlineMs]).toEqual([[2, 3], ["socketio/too-many-acks"], 100]);
    acks.take(2);
    acks.tick(99);
    expect(acks.pending.size).toBe(1);
    acks.tick(100);
    expect([acks.pending.size, acks.deadlineMs, watched.has(acks)]).toEqual([0, Infinity, false]);
    expect(() => acks.add(4, nothing)).not.toThrow();
  });
});

describe("Audience", () => {
  test("each step gives a new one", () => {
    const all = new Audience();
    const room = all.to("a");
    const both = room.to(["b", "a"]).except("c").with({ volatile: true });
    expect([...all.rooms]).toEqual([]);
    expect([...room.rooms]).toEqual(["a"]);
    expect([[...both.rooms], [...both.exceptions], both.flags]).toEqual([["a", "b"], ["c"], { volatile: true }]);
  });

  test("nobody is not everybody", () => {
    expect(new Audience().to([]).isNobody).toBe(true);
    expect(new Audience().to([]).to("a").isNobody).toBe(false);
    expect(new Audience().to("a").to([]).isNobody).toBe(false);
    expect(new Audience().except([]).isNobody).toBe(false);
  });
});
