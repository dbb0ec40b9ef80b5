import { everySplit, hex } from "@x/testkit";
import { expect, test } from "vitest";
import { frame, FrameCounter, unmasked } from "./wire.js";

const count = (...chunks: readonly Uint8Array[]): number => {
  const counter = new FrameCounter();
  for (const chunk of chunks) counter.push(chunk, chunk.length);
  return counter.frames;
};

test.each([["81 00", 1], ["81 01 61 81 00", 2], ["81 7e 0080" + " 00".repeat(128), 1], ["82 02 00", 0], ["81", 0], ["81 81 01020304 60", 1], ["81 fe 0080 01020304" + " 00".repeat(128), 1]])(
  "FrameCounter counts %s as %i frames, however TCP cuts it",
  (wire, frames) => {
    const bytes = hex(wire);
    expect(count(bytes)).toBe(frames);
    for (const [head, tail] of everySplit(bytes)) expect(count(head, tail)).toBe(frames);
    expect(count(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(frames);
  },
);

test.each([0, 125, 126, 65_535, 65_536])("frame() of %i bytes is one frame, masked and not", (length) => {
  const payload = Buffer.alloc(length, 7);
  expect(count(frame(2, payload, false))).toBe(1);
  const masked = frame(2, payload, true);
  expect(count(masked)).toBe(1);
  const start = masked.length - length;
  const key = masked.subarray(start - 4, start);
  expect(Buffer.from(masked.subarray(start).map((byte, index) => byte ^ key[index % 4]!))).toEqual(payload);
  expect(unmasked(masked)).toEqual(payload);
});
