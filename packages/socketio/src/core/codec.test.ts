/** Vectors, limits, round trips and a fuzzer for the codec, Socket.IO protocol v5. */
import { SocketIOError } from "@x/errors/socketio";
import { seededRandom } from "@x/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Decoder } from "./decoder.js";
import { encodePacket } from "./encoder.js";
import { DEFAULT_PACKET_LIMITS } from "./limits.js";
import type { Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";

const bytes = (...values: number[]) => new Uint8Array(values);

const vectors: readonly (readonly [wire: readonly (string | Uint8Array)[], packet: Packet])[] = [
  [["0"], { type: 0, nsp: "/", data: undefined, id: undefined }],
  [['0{"token":"123"}'], { type: 0, nsp: "/", data: { token: "123" }, id: undefined }],
  [['0/admin,{"sid":"x"}'], { type: 0, nsp: "/admin", data: { sid: "x" }, id: undefined }],
  [["1"], { type: 1, nsp: "/", data: undefined, id: undefined }],
  [["1/admin,"], { type: 1, nsp: "/admin", data: undefined, id: undefined }],
  [['2["hello",1]'], { type: 2, nsp: "/", data: ["hello", 1], id: undefined }],
  [['2/admin,456["project:delete",123]'], { type: 2, nsp: "/admin", data: ["project:delete", 123], id: 456 }],
  [["30[]"], { type: 3, nsp: "/", data: [], id: 0 }],
  [["3/admin,456[]"], { type: 3, nsp: "/admin", data: [], id: 456 }],
  [['4{"message":"Not authorized"}'], { type: 4, nsp: "/", data: { message: "Not authorized" }, id: undefined }],
  [['51-["hello",{"_placeholder":true,"num":0}]', bytes(3, 2, 1)], { type: 2, nsp: "/", data: ["hello", bytes(3, 2, 1)], id: undefined }],
  [
    ['52-/admin,456["a",{"b":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}]', bytes(1), bytes(2)],
    { type: 2, nsp: "/admin", data: ["a", { b: [bytes(1), bytes(2)] }], id: 456 },
  ],
  [['61-/admin,456[{"_placeholder":true,"num":0}]', bytes(3)], { type: 3, nsp: "/admin", data: [bytes(3)], id: 456 }],
];

function decode(messages: readonly (string | Uint8Array)[], decoder = new Decoder()): Packet | undefined {
  return messages.map((message) => decoder.push(message)).at(-1);
}

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof SocketIOError ? error.code : error;
  }
  return undefined;
}

describe("the protocol's examples", () => {
  test.each(vectors)("Decoder reads %j (§ Packet encoding)", (wire, packet) => {
    expect(decode(wire)).toEqual(packet);
  });

  test.each(vectors)("encodePacket() writes %j (§ Packet encoding)", (wire, packet) => {
    expect(encodePacket(packet)).toEqual(wire);
  });

  test("a reason is taken along with DISCONNECT, in a namespace or not (python-socketio's always_connect)", () => {
    expect(decode(['1{"message":"no","data":[1]}'])).toEqual({ type: 1, nsp: "/", data: { message: "no", data: [1] }, id: undefined });
    expect(decode(["1/admin,{}"])).toEqual({ type: 1, nsp: "/admin", data: {}, id: undefined });
  });

  test("a packet is complete with its last attachment and not before", () => {
    const decoder = new Decoder();
    expect(decoder.push('52-["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]')).toBeUndefined();
    expect(decoder.push(bytes(1))).toBeUndefined();
    expect(decoder.push(bytes(2))?.data).toEqual(["a", bytes(2), bytes(1)]);
  });

  test("a namespace without comma runs to the end, and a query behind it is dropped", () => {
    expect(decode(["0/admin"])?.nsp).toBe("/admin");
    expect(decode(['0/admin?token=1,{"a":1}'])).toMatchObject({ nsp: "/admin", data: { a: 1 } });
  });

  test("a bare string is taken as a refusal's message (python-engineio's family)", () => {
    expect(decode(['4/x,"Unable to connect"'])?.data).toBe("Unable to connect");
  });

  test("a placeholder in a packet without attachments is plain data", () => {
    expect(decode(['2["a",{"_placeholder":true,"num":7}]'])?.data).toEqual(["a", { _placeholder: true, num: 7 }]);
  });
});

describe("what peers must not send", () => {
  test.each([
    "", "abc", "7", "-1", "2", "2{}", "2[]", "2null", '2"a"', "2[null]", "2[{}]", '2abc["a"]', '2["a"', "0[]", '0"x"', "00{}", '01["a"]', '1["a"]', '1"a"', "11",
    "3[]", "31{}", "4", "4[]", "41", '2["connect"]', '2["disconnect","fake"]', '2["disconnecting"]', '2["connect_error"]', '2["newListener"]', '2["removeListener"]',
    '5["a"]', '50-["a"]', '5-["a"]', '51["a"]', '51-["a",{"_placeholder":true,"num":1}]', '51-["a",{"_placeholder":true,"num":-1}]',
    '51-["a",{"_placeholder":true,"num":"0"}]', '51-["a",{"_placeholder":true,"num":0.5}]', '51-["a",{"_placeholder":true}]', '61-[{"_placeholder":true,"num":0}]',
    "\u{1f600}", '2/"a"', "٢[]", '2,["a"]', '27,["a"]', '51-,["a",{"_placeholder":true,"num":0}]', '51["a",{"_placeholder":true,"num":0}]-',
  ])("Decoder refuses %j", (wire) => {
    expect(codeOf(() => new Decoder().push(wire))).toBe("socketio/invalid-packet");
  });

  test("text in place of an attachment, and an attachment that nobody announced, are refused; the decoder is dead then", () => {
    const decoder = new Decoder();
    decoder.push('51-["a",{"_placeholder":true,"num":0}]');
    expect(codeOf(() => decoder.push("2[\"b\"]"))).toBe("socketio/invalid-packet");
    expect(codeOf(() => decoder.push(bytes(1)))).toBe("socketio/invalid-packet");
    expect(codeOf(() => new Decoder().push(bytes(1)))).toBe("socketio/invalid-packet");
  });

  test("an own __proto__ key, however it is spelt, does not survive", () => {
    for (const key of ["__proto__", "\\u005f_proto__", "__proto\\u005f\\u005F", "__pr\\u006Fto__", "__\\u0070\\u0072\\u006f\\u0074\\u006f__"]) {
      const packet = new Decoder().push(`2["a",{"${key}":{"polluted":true},"kept":1}]`);
      expect(JSON.stringify(packet?.data)).toBe('["a",{"kept":1}]');
      expect(({} as { polluted?: true }).polluted).toBeUndefined();
    }
  });

  test.each([
    ['0{"__proto__":{"x":1},"kept":1}', { kept: 1 }],
    ['4{"message":"no","__proto__":1}', { message: "no" }],
    ['30["plain",[{"__proto__":[]}]]', ["plain", [{}]]],
    ['2["a","__proto__",{"kept":"\\u0061"}]', ["a", "__proto__", { kept: "a" }]],
    ['2["a","__proto__ \\u005f"]', ["a", "__proto__ _"]],
  ])("an own __proto__ key goes wherever it is, and only the key: %s", (wire, data) => {
    expect(JSON.stringify(new Decoder().push(wire)?.data)).toBe(JSON.stringify(data));
  });

  test("an own __proto__ key does not survive beside attachments", () => {
    const decoded = decode(['51-["a",{"__proto__":{"_placeholder":true,"num":0},"kept":{"_placeholder":true,"num":0}}]', bytes(7)]);
    expect(decoded?.data).toEqual(["a", { kept: bytes(7) }]);
    expect(Object.hasOwn((decoded?.data as object[])[1] ?? {}, "__proto__")).toBe(false);
  });

  test("decoders with the same options share nothing else", () => {
    const options = { limits: DEFAULT_PACKET_LIMITS };
    const [one, other] = [new Decoder(options), new Decoder(options)];
    one.push('51-["a",{"_placeholder":true,"num":0}]');
    expect(other.push('2["b"]')?.data).toEqual(["b"]);
    expect(codeOf(() => other.push("7"))).toBe("socketio/invalid-packet");
    expect(one.push(bytes(1))?.data).toEqual(["a", bytes(1)]);
  });

  test("nothing a peer wrote is quoted", () => {
    let message = "";
    try {
      new Decoder().push('2["secret"');
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toContain("secret");
  });
});

describe("limits", () => {
  const deep = (levels: number) => `2["a",${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}]`;
  const limits = { ...DEFAULT_PACKET_LIMITS, maxAttachments: 2, maxAttachmentBytes: 4, maxAckIdDigits: 3, maxNestingDepth: 5, maxNamespaceLength: 6 };
  const run = (...messages: (string | Uint8Array)[]) => codeOf(() => decode(messages, new Decoder({ limits })));

  test.each([
    ["maxAttachments", ['52-["a",{"_placeholder":true,"num":0}]'], ['53-["a",{"_placeholder":true,"num":0}]'], "socketio/too-many-attachments"],
    ["maxAttachments, spelt with many digits", ['50000000002-["a",{"_placeholder":true,"num":0}]'], [`5${"9".repeat(400)}-["a"]`], "socketio/too-many-attachments"],
    ["maxAttachmentBytes", ['51-["a",{"_placeholder":true,"num":0}]', new Uint8Array(4)], ['51-["a",{"_placeholder":true,"num":0}]', new Uint8Array(5)], "socketio/too-many-attachments"],
    ["maxAckIdDigits", ['2999["a"]'], ['21000["a"]'], "socketio/invalid-packet"],
    ["maxNestingDepth", [deep(5)], [deep(6)], "socketio/too-deep"],
    ["maxNamespaceLength", ["0/12345,"], ["0/123456,"], "socketio/invalid-packet"],
  ] as const)("%s: at the limit, and one more", (_name, at, over, code) => {
    expect(run(...at)).toBeUndefined();
    expect(run(...over)).toBe(code);
  });

  test("maxAttachments holds for what is sent, too: at the limit, and one more", () => {
    const packet = (count: number): Packet => ({ type: PacketType.EVENT, nsp: "/", data: ["a", ...Array.from({ length: count }, () => bytes(1))] });
    expect(encodePacket(packet(10))).toHaveLength(11);
    expect(() => encodePacket(packet(11))).toThrow(expect.objectContaining({ code: "socketio/too-many-attachments", details: { limit: "maxAttachments", value: 11 } }));
    expect(encodePacket(packet(3), undefined, 3)).toHaveLength(4);
    expect(codeOf(() => encodePacket(packet(4), undefined, 3))).toBe("socketio/too-many-attachments");
  });

  test("an ack id of the default length is a safe integer; a longer one is refused", () => {
    expect(decode(['2999999999999999["a"]'])?.id).toBe(999_999_999_999_999);
    expect(codeOf(() => decode([`21000000000000000["a"]`]))).toBe("socketio/invalid-packet");
  });

  test("nesting as deep as JSON can be neither overflows the stack nor passes", () => {
    expect(codeOf(() => decode([deep(100_000)]))).toBe("socketio/too-deep");
    expect(codeOf(() => decode([`51-["a",${"[".repeat(50_000)}${"]".repeat(50_000)}]`]))).toBe("socketio/too-deep");
  });

  test.each([
    ["arrays", (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`],
    ["objects", (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`],
    ["both, with siblings before", (levels: number) => `${'[{},{"b":"[{","a":'.repeat(levels / 2)}1${"}]".repeat(levels / 2)}`],
    ["arrays, among brackets in texts", (levels: number) => `[${"[".repeat(levels - 1)}"${"[{".repeat(100)}"${"]".repeat(levels - 1)}]`],
  ])("maxNestingDepth counts levels of %s, not brackets", (_name, nested) => {
    expect(codeOf(() => decode([`2["a",1,[${nested(510)}]]`]))).toBeUndefined();
    expect(codeOf(() => decode([`2["a",1,[[${nested(510)}]]]`]))).toBe("socketio/too-deep");
    expect(codeOf(() => decode([`0{"a":[${nested(510)}]}`]))).toBeUndefined();
    expect(codeOf(() => decode([`0{"a":[[${nested(510)}]]}`]))).toBe("socketio/too-deep");
  });

  test.each([
    ["objects alone", (levels: number) => `0${'{"":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`],
    ["objects in the list of arguments", (levels: number) => `30[${'{"":'.repeat(levels - 2)}{}${"}".repeat(levels - 2)}]`],
    ["a list between objects", (levels: number) => `0{"":[${'{"":'.repeat(levels - 3)}{}${"}".repeat(levels - 3)}]}`],
    ["lists alone, in the list of arguments", (levels: number) => `30${"[".repeat(levels)}${"]".repeat(levels)}`],
  ])("maxNestingDepth: the shortest texts of all that hold one level more, %s", (_name, shortest) => {
    expect(run(shortest(5))).toBeUndefined();
    expect(run(shortest(6))).toBe("socketio/too-deep");
    expect(codeOf(() => decode([shortest(512)]))).toBeUndefined();
    expect(codeOf(() => decode([shortest(513)]))).toBe("socketio/too-deep");
  });

  test("bytes are leaves: a placeholder is no level of its own, for either side", () => {
    const nest = (levels: number): unknown[] => (levels === 1 ? [bytes(1), bytes(2)] : [nest(levels - 1)]);
    const event = (levels: number): Packet => ({ type: PacketType.EVENT, nsp: "/", id: undefined, data: ["a", nest(levels - 1)] });
    expect(decode(encodePacket(event(512)))).toEqual(event(512));
    expect(codeOf(() => encodePacket(event(513)))).toBe("socketio/too-deep");
    const placeholders = '{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}';
    expect(codeOf(() => decode([`52-["a",${"[".repeat(512)}${placeholders}${"]".repeat(512)}]`]))).toBe("socketio/too-deep");
  });

  test("many values side by side are not deep", () => {
    expect(codeOf(() => decode([`2["a",${"[[]],".repeat(500)}1]`]))).toBeUndefined();
    expect(codeOf(() => decode([`2["a",{${'"k":{"a":{}},'.repeat(500)}"z":1}]`]))).toBeUndefined();
  });

  test("encodePacket() refuses cycles, Blobs and what looks like a placeholder beside real bytes", () => {
    const cycle: unknown[] = ["a"];
    cycle.push(cycle);
    const event = (...data: unknown[]): Packet => ({ type: PacketType.EVENT, nsp: "/", data });
    expect(codeOf(() => encodePacket(event("a", cycle)))).toBe("socketio/too-deep");
    expect(codeOf(() => encodePacket(event("a", new Blob(["x"]))))).toBe("socketio/invalid-argument");
    expect(codeOf(() => encodePacket(event("a", bytes(1), { _placeholder: true, num: 5 })))).toBe("socketio/invalid-argument");
  });
});

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes("__proto__") && !JSON.stringify(value).includes("_placeholder"));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    json,
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.string().filter((key) => key !== "__proto__" && key !== "_placeholder" && key !== "toJSON"), tie("value"), { maxKeys: 3 }),
  ),
}));
const packet = fc.record({
  type: fc.constantFrom(PacketType.EVENT, PacketType.ACK),
  nsp: fc.constantFrom("/", "/admin", "/a/b-c"),
  id: fc.nat(),
  args: fc.array(value, { maxLength: 4 }),
});

test("what is encoded is decoded to the same (property)", () => {
  fc.assert(fc.property(packet, ({ type, nsp, id, args }) => {
    const data = type === PacketType.EVENT ? ["event", ...args] : args;
    const limits = { ...DEFAULT_PACKET_LIMITS, maxAttachments: 1000 };
    const decoded = decode(encodePacket({ type, nsp, id, data }, undefined, limits.maxAttachments), new Decoder({ limits }));
    expect(decoded).toEqual({ type, nsp, id, data: normal(data) });
  }));
});

test("a payload is too deep exactly when its value is, whatever its text looks like (property)", () => {
  const depthOf = (nested: unknown): number => (typeof nested === "object" && nested !== null ? 1 + Math.max(0, ...Object.values(nested).map(depthOf)) : 0);
  const { nested } = fc.letrec<{ nested: unknown }>((tie) => ({
    nested: fc.oneof({ depthSize: "medium" }, fc.constantFrom(1, null, "", "[[[{", "\\u", "é"), fc.array(tie("nested"), { maxLength: 3 }), fc.dictionary(fc.constantFrom("", "a", "{", "\\"), tie("nested"), { maxKeys: 2 })),
  }));
  fc.assert(fc.property(fc.array(nested, { maxLength: 3 }), fc.integer({ min: 1, max: 6 }), (args, maxNestingDepth) => {
    const wire = `2${JSON.stringify(["a", ...args])}`;
    const code = codeOf(() => decode([wire], new Decoder({ limits: { ...DEFAULT_PACKET_LIMITS, maxNestingDepth } })));
    expect(code).toBe(depthOf(["a", ...args]) > maxNestingDepth ? "socketio/too-deep" : undefined);
  }));
});

/** What JSON does to numbers: negative zero is not told apart. */
function normal(data: unknown): unknown {
  if (data instanceof Uint8Array || typeof data !== "object" || data === null) return Object.is(data, -0) ? 0 : data;
  if (Array.isArray(data)) return data.map(normal);
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, normal(item)]));
}

test("any input ends in packets or one documented error (fuzz)", () => {
  const random = seededRandom(20_260_101);
  const seeds = vectors.flatMap(([wire]) => wire);
  const letters = '0123456789-/,[]{}":_placeholdernum\\u\u2028é';
  const documented = new Set(["socketio/invalid-packet", "socketio/too-deep", "socketio/too-many-attachments"]);
  for (let round = 0; round < 20_000; round++) {
    const decoder = new Decoder();
    for (let step = 0; step < 4; step++) {
      const seed = seeds[Math.floor(random() * seeds.length)] ?? "";
      const code = codeOf(() => decoder.push(typeof seed === "string" ? mutate(seed, letters, random) : seed));
      if (code === undefined) continue;
      expect(documented).toContain(code);
      break;
    }
  }
});

function mutate(text: string, letters: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const letter = letters[Math.floor(random() * letters.length)] ?? "";
  const kind = random();
  if (kind < 0.3) return text.slice(0, at) + letter + text.slice(at);
  if (kind < 0.6) return text.slice(0, at) + text.slice(at + 1);
  return kind < 0.9 ? text.slice(0, at) + letter + text.slice(at + 1) : text;
}

test("lists of texts are written as JSON.stringify writes them, plain, long, escaped, or mixed with other values", () => {
  const text = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: "binary" }), fc.constantFrom("", "a".repeat(256), "a".repeat(257), '"', "\\", "\u007f", "\u2028"));
  fc.assert(fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: text }, fc.jsonValue({ maxDepth: 1 }))), (args) => {
    const data = ["event", ...args];
    expect(encodePacket({ type: PacketType.EVENT, nsp: "/", data })).toEqual([`2${JSON.stringify(data)}`]);
    expect(encodePacket({ type: PacketType.ACK, nsp: "/", id: 1, data: args })).toEqual([`31${JSON.stringify(args)}`]);
  }));
});
