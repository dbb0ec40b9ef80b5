/** A third party's extensions: negotiated, combined, applied in order and undone in reverse; and how the decoder marks their messages. */
import { describe, expect, test } from "vitest";
import { toHex } from "@x/testkit";
import { Decoder, readPayload } from "./decoder.js";
import { acceptExtensions, agreeExtensions, checkFactories, offerExtensions } from "./extension-chain.js";
import type { Extension, ExtensionFactory } from "./extension.js";
import { Opcode } from "./opcode.js";
import { writeFrame } from "./encoder.js";

/** Adds `suffix` to what is longer than `least` bytes; at once, or when `later` is called. */
function suffixing(name: string, reservedBits: number, suffix: number, least = 0, later?: (job: () => void) => void): ExtensionFactory {
  const run = later ?? ((job: () => void): void => job());
  const extension: Extension = {
    wants: (data) => data.length > least,
    encode: (payload, _opcode, done) => run(() => done(undefined, Uint8Array.of(...payload, suffix), reservedBits)),
    decode: (payload, reserved, _maxBytes, done) => run(() => {
      expect(payload.at(-1)).toBe(suffix); // undone in reverse
      done(undefined, payload.subarray(0, -1), reserved & ~reservedBits);
    }),
    close: () => undefined,
  };
  const entry = { name, parameters: [] };
  return { name, reservedBits, offer: () => [entry], accept: () => ({ answer: entry, extension }), agree: () => extension };
}

const one = suffixing("one", 0x40, 1);
const two = suffixing("two", 0x20, 2, 3);

describe("negotiation (RFC 6455 §9.1)", () => {
  test("a server answers what it knows, in its own order; a client takes it", () => {
    expect(offerExtensions([two, one])).toBe("two, one");
    expect(acceptExtensions([one, two], "two, unknown; x=1, one")).toMatchObject({ field: "one, two", reservedBits: 0x60 });
    expect(acceptExtensions([one], "unknown")).toBeUndefined();
    expect(agreeExtensions([one, two], "two")).toMatchObject({ field: "two", reservedBits: 0x20 });
    expect(offerExtensions([])).toBeUndefined();
  });

  test.each(["unknown", "one, unknown", "one, one", "one;", ""])("a client refuses the answer %j", (field) => {
    expect(() => agreeExtensions([one, two], field)).toThrow(expect.objectContaining({ code: "wsframe/bad-handshake" }));
  });

  test("extensions must not share a bit or a name, and must have one", () => {
    expect(checkFactories([one, two])).toHaveLength(2);
    for (const wrong of [[one, suffixing("other", 0x40, 9)], [one, suffixing("one", 0x10, 9)], [suffixing("none", 0, 9)], [suffixing("fin", 0x80, 9)]]) {
      expect(() => checkFactories(wrong)).toThrow(expect.objectContaining({ code: "wsframe/invalid-option" }));
    }
  });
});

describe("a chain", () => {
  test.each<[string, Partial<Extension>]>([["wants", { wants: () => { throw new TypeError("broken"); } }], ["encode", { encode: () => { throw new TypeError("broken"); } }]])("what the second throws in %s after the first was late is answered, not thrown at nobody", (_name, fault) => {
    const jobs: (() => void)[] = [];
    const { extension: second } = agreeExtensions([two], "two") as { extension: Extension };
    const faulty: ExtensionFactory = { ...two, agree: () => ({ ...second, ...fault }) };
    const { extension } = agreeExtensions([suffixing("one", 0x40, 1, 0, (job) => void jobs.push(job)), faulty], "one, two");
    const answers: unknown[] = [];
    extension.encode(Uint8Array.of(7, 7, 7, 7), Opcode.binary, (error) => void answers.push(error), true);
    expect(() => jobs[0]?.()).not.toThrow();
    expect(answers).toEqual([expect.objectContaining({ name: "WebSocketException", cause: new TypeError("broken") })]);
  });

  test("close() closes every one, and tells of the first that failed", () => {
    const closed: string[] = [];
    const closing = (factory: ExtensionFactory): ExtensionFactory => ({ ...factory, agree: (answer) => ({ ...factory.agree(answer), close: () => { closed.push(factory.name); throw new TypeError(factory.name); } }) });
    const { extension } = agreeExtensions([closing(one), closing(two)], "one, two");
    expect(() => extension.close()).toThrow(expect.objectContaining({ name: "WebSocketException", cause: new TypeError("one") }));
    expect(closed).toEqual(["one", "two"]);
  });

  test.each([["at once", undefined], ["later", (job: () => void): void => queueMicrotask(job)]])("applies in order and undoes in reverse, %s", async (_when, later) => {
    const { extension } = agreeExtensions([suffixing("one", 0x40, 1, 0, later), suffixing("two", 0x20, 2, 3, later)], "one, two");
    const pass = (bytes: number[]): Promise<[string, number]> => new Promise((resolve) => extension.encode(Uint8Array.from(bytes), Opcode.binary, (_error, payload, reserved) => resolve([toHex(payload), reserved]), true));
    expect(await pass([7])).toEqual(["07 01", 0x40]); // one's result is what two is asked about
    expect(await pass([7, 7, 7])).toEqual(["07 07 07 01 02", 0x60]);
    const back = await new Promise<Uint8Array>((resolve) => extension.decode(Uint8Array.of(7, 7, 7, 1, 2), 0x60, 100, (_error, payload) => resolve(payload)));
    expect(toHex(back)).toBe("07 07 07");
    const partly = await new Promise<Uint8Array>((resolve) => extension.decode(Uint8Array.of(7, 1), 0x40, 100, (_error, payload) => resolve(payload)));
    expect(toHex(partly)).toBe("07");
  });

  test.each([["at once", undefined], ["later", (job: () => void): void => queueMicrotask(job)]])("passes by the one that compresses where a message must not be, and no other, %s", async (_when, later) => {
    const compressing = (factory: ExtensionFactory): ExtensionFactory => {
      const extension = factory.agree({ name: factory.name, parameters: [] });
      return { ...factory, agree: () => ({ ...extension, wants: (data, mayCompress) => mayCompress && extension.wants(data, mayCompress) }) };
    };
    const pass = (names: string, mayCompress: boolean): Promise<[string, number]> => {
      const { extension } = agreeExtensions([suffixing("one", 0x40, 1, 0, later), compressing(suffixing("deflate", 0x20, 2, 0, later)), suffixing("three", 0x10, 3, 0, later)], names);
      return new Promise((resolve) => extension.encode(Uint8Array.of(7), Opcode.binary, (_error, payload, reserved) => resolve([toHex(payload), reserved]), mayCompress));
    };
    expect(await pass("one, deflate, three", true)).toEqual(["07 01 02 03", 0x70]);
    expect(await pass("one, deflate, three", false)).toEqual(["07 01 03", 0x50]);
    expect(await pass("deflate, three", false)).toEqual(["07 03", 0x10]);
    const { extension } = agreeExtensions([compressing(one), compressing(two)], "one, two");
    expect([extension.wants("a message", true), extension.wants("a message", false)]).toEqual([true, false]);
  });
});

describe("the decoder", () => {
  const seen: unknown[] = [];
  const decoder = (): Decoder => {
    seen.length = 0;
    return new Decoder({ role: "client", reservedBits: 0x40, limits: { maxMessageBytes: 100 }, sink: {
      onMessage: (data) => void seen.push(data),
      onExtended: (payload, opcode, reserved) => void seen.push([toHex(payload), opcode, reserved]),
      onPing: () => undefined, onPong: () => undefined, onClose: () => undefined,
    } });
  };
  const frame = (firstByte: number, payload: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(payload.length + 14);
    return bytes.slice(0, writeFrame(bytes, 0, firstByte, Uint8Array.from(payload)));
  };

  test("hands marked messages on as they came, whole or in fragments, without looking for text in them", () => {
    const wire = [...frame(0xc1, [0xff, 0xfe]), ...frame(0x42, [1]), ...frame(0x89, []), ...frame(0x00, [2]), ...frame(0x80, [3]), ...frame(0x81, [0x68, 0x69])];
    for (let cut = 0; cut <= wire.length; cut++) {
      const one = decoder();
      one.push(Uint8Array.from(wire.slice(0, cut)));
      one.push(Uint8Array.from(wire.slice(cut)));
      expect(seen).toEqual([["ff fe", Opcode.text, 0x40], ["01 02 03", Opcode.binary, 0x40], "hi"]);
    }
  });

  test.each([["a continuation", [...frame(0x01, []), ...frame(0xc0, [])]], ["a Ping", [...frame(0xc9, [])]], ["another bit", [...frame(0xa1, [])]]])("refuses the bit on %s (RFC 7692 §6.1)", (_what, wire) => {
    expect(() => decoder().push(Uint8Array.from(wire))).toThrow(expect.objectContaining({ code: "wsframe/reserved-bit", closeCode: 1002 }));
  });

  test("allows what cannot be shrunk to come a little larger, and no more", () => {
    decoder().push(frame(0xc2, new Array<number>(165).fill(0)));
    expect(seen).toHaveLength(1);
    expect(() => decoder().push(frame(0xc2, new Array<number>(166).fill(0)))).toThrow(expect.objectContaining({ code: "wsframe/message-too-big" }));
  });
});

test("readPayload() checks text (§8.1)", () => {
  expect(readPayload(Uint8Array.of(0xc3, 0xa9), Opcode.text)).toBe("é");
  expect(readPayload(Uint8Array.of(0xff), Opcode.binary)).toEqual(Uint8Array.of(0xff));
  expect(() => readPayload(Uint8Array.of(0xc3), Opcode.text)).toThrow(expect.objectContaining({ code: "wsframe/invalid-utf8", closeCode: 1007 }));
});
