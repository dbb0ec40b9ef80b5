import { WebSocketPayloadException, WebSocketProtocolException } from "@x/errors/wsframe";
import { hex, toHex } from "@x/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { thrownBy } from "../test/support.js";
import { createFrame, Frame, Opcode, type FrameFields, type FrameRules } from "./index.js";

const mask = hex("37 fa 21 3d");

test("Frame.format() writes the RFC's examples (§5.7)", () => {
  expect(toHex(new Frame({ opcode: Opcode.text, payload: "Hello" }).format())).toBe("81 05 48 65 6c 6c 6f");
  expect(toHex(createFrame("Hello", Opcode.text, mask).format())).toBe("81 85 37 fa 21 3d 7f 9f 4d 51 58");
  expect(toHex(new Frame({ opcode: Opcode.continuation, payload: "lo" }).format())).toBe("80 02 6c 6f");
  expect(toHex(new Frame({ opcode: Opcode.text, fin: false, payload: "Hel" }).format())).toBe("01 03 48 65 6c");
  expect(toHex(new Frame({ opcode: 15, fin: false, rsv1: true, rsv2: true, rsv3: true }).format())).toBe("7f 00");
});

test("Frame.read() reads back what format() wrote, whatever the fields, and waits for missing bytes", () => {
  const fields = fc.record({
    opcode: fc.constantFrom(...Object.values(Opcode)), fin: fc.constant(true), payload: fc.uint8Array({ maxLength: 125 }),
    mask: fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }), { nil: undefined }),
  });
  fc.assert(fc.property(fields, fc.uint8Array({ maxLength: 5 }), (given, rest) => {
    const wire = new Frame(given).format();
    const read = Frame.read(Uint8Array.of(...wire, ...rest));
    expect(read?.byteLength).toBe(wire.length);
    expect(read?.frame).toEqual(new Frame(given));
    for (let cut = 0; cut < wire.length; cut += 3) expect(Frame.read(wire.subarray(0, cut))).toBeUndefined();
  }));
});

test("Frame.mask() is its own inverse and leaves its argument alone (§5.3)", () => {
  const data = hex("48 65 6c 6c 6f");
  const masked = Frame.mask(mask, data);
  expect([toHex(masked), toHex(Frame.mask(mask, masked)), toHex(data)]).toEqual(["7f 9f 4d 51 58", "48 65 6c 6c 6f", "48 65 6c 6c 6f"]);
});

test.each([
  [{ opcode: Opcode.text, payload: "héllo" }, {}],
  [{ opcode: Opcode.text, payload: "héllo", mask }, { role: "server" }],
  [{ opcode: Opcode.text, payload: "héllo" }, { role: "client" }],
  [{ opcode: Opcode.text, payload: hex("ff") }, { skipUtf8Validation: true }],
  [{ opcode: Opcode.text, fin: false, payload: hex("e2") }, {}],
  [{ opcode: Opcode.binary, payload: hex("ff") }, {}],
  [{ opcode: Opcode.ping, payload: new Uint8Array(125) }, {}],
  [{ opcode: Opcode.close }, {}],
  [{ opcode: Opcode.close, payload: hex("03e8 6f6b") }, {}],
] satisfies [FrameFields, FrameRules][])("Frame.validate() accepts %o under %o", (fields, rules) => {
  expect(() => { new Frame(fields).validate(rules); }).not.toThrow();
});

test.each([
  [{ opcode: Opcode.text, rsv1: true }, {}, "wsframe/reserved-bit"],
  [{ opcode: Opcode.text, rsv2: true }, {}, "wsframe/reserved-bit"],
  [{ opcode: Opcode.text, rsv3: true }, {}, "wsframe/reserved-bit"],
  [{ opcode: 77 }, {}, "wsframe/reserved-opcode"],
  [{ opcode: 3 }, {}, "wsframe/reserved-opcode"],
  [{ opcode: Opcode.ping, fin: false }, {}, "wsframe/control-fragmented"],
  [{ opcode: Opcode.ping, payload: new Uint8Array(126) }, {}, "wsframe/control-too-long"],
  [{ opcode: Opcode.text }, { role: "server" }, "wsframe/mask-missing"],
  [{ opcode: Opcode.text, mask }, { role: "client" }, "wsframe/mask-unexpected"],
  [{ opcode: Opcode.close, payload: hex("03") }, {}, "wsframe/bad-close-payload"],
  [{ opcode: Opcode.close, payload: hex("03e7") }, { skipUtf8Validation: true }, "wsframe/bad-close-code"],
  [{ opcode: Opcode.close, payload: hex("03e8 ff") }, { skipUtf8Validation: true }, "wsframe/invalid-utf8"],
  [{ opcode: Opcode.text, payload: hex("61 e2 82") }, {}, "wsframe/invalid-utf8"],
] satisfies [FrameFields, FrameRules, string][])("Frame.validate() refuses %o under %o with %s", (fields, rules, code) => {
  const error = thrownBy(() => { new Frame(fields).validate(rules); });
  const isPayload = code === "wsframe/invalid-utf8";
  expect(error).toBeInstanceOf(isPayload ? WebSocketPayloadException : WebSocketProtocolException);
  expect(error).toMatchObject({ code, closeCode: isPayload ? 1007 : 1002 });
});

test("createFrame() takes the opcode from the data and lets only good frames out", () => {
  expect(createFrame("x").opcode).toBe(Opcode.text);
  expect(createFrame(hex("01")).opcode).toBe(Opcode.binary);
  expect(thrownBy(() => createFrame(hex("ff"), Opcode.text))).toMatchObject({ code: "wsframe/invalid-utf8" });
});

test("the constructor refuses a mask of another length than 4", () => {
  expect(thrownBy(() => new Frame({ opcode: Opcode.text, mask: hex("01 02 03") }))).toMatchObject({ code: "wsframe/invalid-argument" });
});

test("Frame.toString() tells type, flags and length, and nothing of the payload", () => {
  expect(String(new Frame({ opcode: Opcode.text, payload: "secret", mask, rsv1: true }))).toBe("text (fin, rsv1, masked, 6 bytes)");
  expect(String(new Frame({ opcode: 7, fin: false, rsv2: true, rsv3: true }))).toBe("opcode 7 (rsv2, rsv3, 0 bytes)");
});
