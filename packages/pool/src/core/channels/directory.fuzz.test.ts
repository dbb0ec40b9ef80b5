/** Whatever arrives, in whatever order with whatever is subscribed to, routing throws nothing and counts every message. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Channel, Line, Seat } from "./channel.js";
import { Directory } from "./directory.js";
import { Gaps, type GapPolicy } from "./gaps.js";
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

test("routing: every message is delivered, late, doubled, too early or unroutable", () => {
  fc.assert(fc.property(fc.constantFrom<GapPolicy>("ignore", "tell", "resume"), fc.array(name, { maxLength: 6 }), fc.array(fc.tuple(fc.nat(1), message), { maxLength: 30 }), (policy, subscribed, messages) => {
    const gaps = new Gaps<Message>({ policy, maxResumes: 2 }, () => undefined);
    const directory = new Directory<Message>(({ position }) => position, 10, gaps);
    const lines = [new Line<Message>(1), new Line<Message>(2)] as const;
    let delivered = 0;
    for (const [index, one] of [...new Set(subscribed)].entries()) {
      const line = lines[index % 2 === 0 ? 0 : 1];
      const channel = new Channel<Message>(one, matcherOf(one, "*"), { positionWindow: 2, maxNames: 2, isConsecutive: policy !== "ignore" });
      channel.home = new Seat(channel, line);
      line.add(channel.home);
      directory.add(channel);
      channel.join({ ready: () => undefined, deliver: () => (delivered += 1), gap: () => undefined, missed: () => undefined, end: () => undefined });
      if (index === 2) {
        line.part(channel.home);
        channel.home = undefined;
        directory.delete(channel);
      }
    }
    const counted = (): number => {
      const { routed, late, duplicates, unroutable } = directory.counts;
      return routed + late + duplicates + unroutable + gaps.counts.ahead;
    };
    let lost = 0;
    for (const [which, one] of messages) {
      const before = counted();
      const reason = directory.route(lines[which === 0 ? 0 : 1], one, one.name as string | undefined, 1);
      if (reason !== undefined) lost++;
      expect(counted()).toBeGreaterThan(before);
      if (typeof one.name !== "string" || one.name.length > 10) expect(reason).toBe("noChannel");
    }
    expect([directory.counts.routed, directory.counts.unroutable]).toEqual([delivered, lost]);
  }), { numRuns: 300 });
});
