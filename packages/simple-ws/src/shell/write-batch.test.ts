/** The shared write pool: what arrives is what was sent, in order, whoever else sends and however slowly the system takes it. */
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { POOL_BYTES, WriteBatch, type BatchMember } from "./write-batch.js";

/** A link that takes bytes when it likes: what it has not taken yet it reads later, from the memory it was given. */
class SlowMember implements BatchMember {
  queue: Uint8Array | Uint8Array[] | undefined = undefined;
  queuedBytes = 0;
  writes = 0;
  isStalled = false;
  readonly #held: Uint8Array[] = [];
  #taken = "";
  expected = "";
  onFlushed: () => void = () => undefined;

  get writesAtOnce(): boolean {
    return this.#held.length === 0;
  }

  get taken(): string {
    return this.#taken;
  }

  write(chunk: Uint8Array): boolean {
    this.writes++;
    this.#held.push(chunk);
    if (this.isStalled) return false;
    this.take();
    return true;
  }

  flushed(): void {
    this.onFlushed();
  }

  take(): void {
    for (const chunk of this.#held.splice(0)) this.#taken += Buffer.from(chunk).toString("latin1");
  }
}

class Deferring {
  readonly callbacks: (() => void)[] = [];
  readonly batch = new WriteBatch((bytes) => Buffer.alloc(bytes, 0xee), (callback) => this.callbacks.push(callback));

  run(): void {
    for (const callback of this.callbacks.splice(0)) callback();
  }

  send(member: SlowMember, text: string): void {
    const offset = this.batch.reserve(member, text.length + 5);
    this.batch.commit(member, offset + Buffer.from(this.batch.target.buffer, this.batch.target.byteOffset, this.batch.target.length).write(text, offset, "latin1"));
    member.expected += text;
  }

  append(member: SlowMember, text: string): void {
    this.batch.append(member, Buffer.from(text, "latin1"));
    member.expected += text;
  }
}

describe("WriteBatch", () => {
  test("writes once per parse, at its end", () => {
    const deferring = new Deferring();
    const member = new SlowMember();
    const outer = deferring.batch.enter(member);
    for (const text of ["a", "b", "c"]) deferring.send(member, text);
    expect([member.writes, member.queuedBytes]).toEqual([0, 3]);
    deferring.batch.leave(member, outer);
    expect([member.writes, member.taken, member.queuedBytes, deferring.callbacks.length]).toEqual([1, "abc", 0, 0]);
  });

  test("writes once per connection in one shared deferred flush", () => {
    const deferring = new Deferring();
    const members = [new SlowMember(), new SlowMember(), new SlowMember()];
    for (const text of ["a", "b"]) for (const member of members) deferring.send(member, text);
    for (const member of members) deferring.append(member, "!");
    expect(deferring.callbacks).toHaveLength(1);
    deferring.run();
    expect(members.map((member) => [member.writes, member.taken])).toEqual([[1, "ab!"], [1, "ab!"], [1, "ab!"]]);
  });

  test("a chunk that nobody changes goes out as it is", () => {
    const deferring = new Deferring();
    const member = new SlowMember();
    const chunk = Buffer.from("shared");
    let written: Uint8Array | undefined;
    member.write = (given) => { written = given; return true; };
    deferring.batch.append(member, chunk);
    deferring.run();
    expect(written).toBe(chunk);
  });

  test("a frame that fills the pool fits, one byte more has memory of its own", () => {
    const deferring = new Deferring();
    const member = new SlowMember();
    for (const bytes of [POOL_BYTES - 5, POOL_BYTES - 4, POOL_BYTES * 3]) deferring.send(member, "x".repeat(bytes));
    deferring.run();
    expect(member.taken === member.expected).toBe(true);
  });

  test("memory that the system still reads is not written to again", () => {
    const deferring = new Deferring();
    const member = new SlowMember();
    member.isStalled = true;
    deferring.send(member, "first");
    deferring.run();
    deferring.send(member, "second");
    deferring.run();
    member.take();
    expect(member.taken).toBe("firstsecond");
  });

  test("drop() forgets one connection and no other", () => {
    const deferring = new Deferring();
    const [gone, stays] = [new SlowMember(), new SlowMember()];
    deferring.send(stays, "a");
    deferring.send(gone, "x");
    deferring.batch.drop(gone);
    deferring.send(stays, "b");
    deferring.run();
    expect([gone.taken, stays.taken]).toEqual(["", "ab"]);
  });

  test("a parse within a parse of the same connection leaves nothing behind: the pool starts anew", () => {
    const { batch, ...deferring } = new Deferring();
    const member = new SlowMember();
    const outer = batch.enter(member);
    batch.commit(member, batch.reserve(member, 1) + 1);
    batch.leave(member, batch.enter(member));
    expect([member.writes, batch.reserve(new SlowMember(), 1), deferring.callbacks.length]).toEqual([1, 0, 0]);
    batch.leave(member, outer);
  });

  test("any mix of connections, sizes, parses, stalls and sends from within a flush", () => {
    const step = fc.record({
      kind: fc.constantFrom("send" as const, "append" as const, "enter" as const, "leave" as const, "run" as const, "stall" as const, "take" as const, "flush" as const, "answer" as const),
      who: fc.nat(3),
      size: fc.oneof(fc.nat(50), fc.integer({ min: 10_000, max: 70_000 })),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const deferring = new Deferring();
      const members = Array.from({ length: 4 }, () => new SlowMember());
      const parses: [SlowMember, BatchMember | undefined][] = [];
      let count = 0;
      const textOf = (size: number): string => String.fromCharCode(97 + (count++ % 26)).repeat(size);
      for (const { kind, who, size } of steps) {
        const member = members[who]!;
        switch (kind) {
          case "send": deferring.send(member, textOf(size)); break;
          case "append": deferring.append(member, textOf(size)); break;
          case "enter": parses.push([member, deferring.batch.enter(member)]); break;
          case "leave": { const parse = parses.pop(); if (parse !== undefined) deferring.batch.leave(...parse); break; }
          case "run": deferring.run(); break;
          case "stall": member.isStalled = !member.isStalled; break;
          case "take": member.take(); break;
          case "flush": deferring.batch.flush(member); break;
          case "answer": member.onFlushed = () => { member.onFlushed = () => undefined; deferring.send(member, textOf(size)); }; break;
        }
      }
      for (let parse = parses.pop(); parse !== undefined; parse = parses.pop()) deferring.batch.leave(...parse);
      while (deferring.callbacks.length > 0) deferring.run();
      for (const member of members) {
        member.take();
        expect(member.taken === member.expected).toBe(true);
        expect([member.queuedBytes, member.queue]).toEqual([0, undefined]);
      }
    }), { numRuns: 400 });
  });
});
