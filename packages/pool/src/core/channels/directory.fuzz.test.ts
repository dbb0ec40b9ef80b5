/** Whatever arrives, in whatever order with whatever is subscribed to, routing throws nothing and counts every message. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Channel, Line, Seat } from "./channel.js";
import { Directory } from "./directory.js";
import { matcherOf } from "./pattern.js";

interface Message {
  readonly name: unknown;
  readonly position: string | number | undefined;
}

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "ab", "a*", "*", "*b", "__proto__", "constructor", "") },
  fc.string({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 20 }),
);
const message: fc.Arbitrary<Message> = fc.record({ name: fc.option(name, { nil: undefined }), position: fc.oneof(fc.constant(undefined), fc.double(), fc.integer({ max: 5 }), fc.string({ maxLength: 2 })) });

test("routing: every message is delivered, late, doubled or unroutable", () => {
  fc.assert(fc.property(fc.array(name, { maxLength: 6 }), fc.array(fc.tuple(fc.nat(1), message), { maxLength: 30 }), (subscribed, messages) => {
    const directory = new Directory<Message>(({ position }) => position, 10);
    const lines = [new Line<Message>(1), new Line<Message>(2)] as const;
    let delivered = 0;
    for (const [index, one] of [...new Set(subscribed)].entries()) {
      const line = lines[index % 2 === 0 ? 0 : 1];
      const channel = new Channel<Message>(one, matcherOf(one, "*"), { positionWindow: 2, maxNames: 2 });
      channel.home = new Seat(channel, line);
      line.add(channel.home);
      directory.add(channel);
      channel.join({ ready: () => undefined, deliver: () => (delivered += 1), missed: () => undefined, end: () => undefined });
      if (index === 2) {
        line.part(channel.home);
        channel.home = undefined;
        directory.delete(channel);
      }
    }
    let lost = 0;
    for (const [which, one] of messages) {
      const before = { ...directory.counts };
      const reason = directory.route(lines[which === 0 ? 0 : 1], one, one.name as string | undefined, 1);
      if (reason !== undefined) lost++;
      const { routed, late, duplicates, unroutable } = directory.counts;
      expect(routed + late + duplicates + unroutable).toBeGreaterThan(before.routed + before.late + before.duplicates + before.unroutable);
      if (typeof one.name !== "string" || one.name.length > 10) expect(reason).toBe("noChannel");
    }
    expect([directory.counts.routed, directory.counts.unroutable]).toEqual([delivered, lost]);
  }), { numRuns: 300 });
});
