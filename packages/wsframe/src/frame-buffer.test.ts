import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "@x/testkit";
import { ContinuousFrame, FrameBuffer } from "./frame-buffer.js";
import { Frame } from "./frame.js";
import { Opcode } from "./opcode.js";

const frames = [
  new Frame({ opcode: Opcode.text, payload: "hé", fin: false, mask: Uint8Array.of(1, 2, 3, 4) }),
  new Frame({ opcode: Opcode.ping, payload: "p" }),
  new Frame({ opcode: Opcode.continuation, payload: "x".repeat(200) }),
  new Frame({ opcode: Opcode.binary, payload: new Uint8Array(70_000).fill(7), mask: Uint8Array.of(9, 8, 7, 6) }),
  new Frame({ opcode: Opcode.close }),
];
const wire = concat(...frames.map((frame) => frame.format()));

describe("FrameBuffer", () => {
  test("gives out the frames that were put in, however the bytes are cut", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: wire.length }), { maxLength: 12 }), (places) => {
      const buffer = new FrameBuffer();
      const seen: Frame[] = [];
      let start = 0;
      for (const end of [...places.sort((one, other) => one - other), wire.length]) {
        buffer.push(wire.subarray(start, end));
        seen.push(...buffer);
        start = end;
      }
      expect(seen.map(String)).toEqual(frames.map(String));
      expect(Buffer.compare(concat(...seen.map((frame) => frame.format())), wire)).toBe(0);
      expect(buffer.bufferedBytes).toBe(0);
    }), { numRuns: 50 });
  });

  test("byte by byte the first frames come as soon as they are whole", () => {
    const buffer = new FrameBuffer();
    const heads = concat(...frames.slice(0, 3).map((frame) => frame.format()));
    const at: number[] = [];
    heads.forEach((byte, index) => {
      buffer.push(Uint8Array.of(byte));
      if (buffer.next() !== undefined) at.push(index + 1);
    });
    expect(at).toEqual([9, 12, 216]);
  });

  test("maxFrameBytes: at the limit a frame passes, one over fails at its header", () => {
    const buffer = new FrameBuffer({ maxFrameBytes: 10 });
    buffer.push(new Frame({ opcode: Opcode.binary, payload: new Uint8Array(10) }).format());
    expect(buffer.next()?.payload).toHaveLength(10);
    buffer.push(Uint8Array.of(0x82, 11));
    expect(() => buffer.next()).toThrow(expect.objectContaining({ code: "wsframe/frame-too-big" }));
  });

  test("reserved bits are refused unless they belong to an extension", () => {
    const marked = new Frame({ opcode: Opcode.text, rsv1: true, payload: "x" });
    for (const [options, isAllowed] of [[{}, false], [{ reservedBits: 0x40 }, true]] as const) {
      const buffer = new FrameBuffer(options);
      buffer.push(marked.format());
      if (isAllowed) expect(buffer.next()).toEqual(marked);
      else expect(() => buffer.next()).toThrow(expect.objectContaining({ code: "wsframe/reserved-bit" }));
    }
  });
});

describe("ContinuousFrame (§5.4)", () => {
  const piece = (opcode: Opcode, payload: string | Uint8Array, fin: boolean): Frame => new Frame({ opcode, payload, fin });

  test("puts messages together, also where a character is cut", () => {
    const continuous = new ContinuousFrame();
    expect(continuous.add(piece(Opcode.text, Uint8Array.of(0x68, 0xc3), false))).toBeUndefined();
    expect(continuous.add(piece(Opcode.continuation, Uint8Array.of(0xa9), true))).toEqual({ opcode: Opcode.text, data: "hé" });
    expect(continuous.add(piece(Opcode.binary, "ab", true))).toEqual({ opcode: Opcode.binary, data: Uint8Array.of(97, 98) });
    expect(new ContinuousFrame({ skipUtf8Validation: true }).add(piece(Opcode.text, Uint8Array.of(0xff), true))).toEqual({ opcode: Opcode.text, data: Uint8Array.of(0xff) });
  });

  test.each<[string, readonly Frame[]]>([
    ["wsframe/continuation-unexpected", [piece(Opcode.continuation, "x", true)]],
    ["wsframe/continuation-expected", [piece(Opcode.text, "x", false), piece(Opcode.text, "y", true)]],
    ["wsframe/invalid-utf8", [piece(Opcode.text, Uint8Array.of(0xff), false)]],
    ["wsframe/invalid-utf8", [piece(Opcode.text, Uint8Array.of(0xc3), true)]],
    ["wsframe/message-too-big", [piece(Opcode.binary, "12345", false), piece(Opcode.continuation, "6", true)]],
    ["wsframe/too-many-fragments", [piece(Opcode.binary, "", false), piece(Opcode.continuation, "", false), piece(Opcode.continuation, "", false), piece(Opcode.continuation, "", true)]],
  ])("%s", (code, given) => {
    const continuous = new ContinuousFrame({ maxMessageBytes: 5, maxFragments: 3 });
    for (const frame of given.slice(0, -1)) continuous.add(frame);
    expect(() => continuous.add(given.at(-1) ?? piece(Opcode.text, "", true))).toThrow(expect.objectContaining({ code }));
  });

  test("at the limits a message passes", () => {
    const continuous = new ContinuousFrame({ maxMessageBytes: 5, maxFragments: 3 });
    continuous.add(piece(Opcode.binary, "12", false));
    continuous.add(piece(Opcode.continuation, "34", false));
    expect(continuous.add(piece(Opcode.continuation, "5", true))?.data).toHaveLength(5);
  });
});
