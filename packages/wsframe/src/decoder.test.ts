import { WebSocketException } from "@x/errors/wsframe";
import { chunksOf, concat, hex, seededRandom, type FramingVector } from "@x/testkit";
import { expect, test } from "vitest";
import { pushAll, record, streams, thrownBy, utf8 } from "../test/support.js";
import { Decoder, Opcode, writeBinaryFrame, writeControlFrame, writeTextFrame } from "./index.js";
import { acquireParseBuffer, releaseParseBuffer } from "./parse-buffer.js";

/** Every way to cut short vectors in two; for long ones the cuts around headers, reads and ends. */
function* cuts(wire: Uint8Array): Generator<Uint8Array[]> {
  for (let cut = 0; cut <= wire.length; cut++) {
    const isTelling = wire.length < 400 || cut < 20 || cut > wire.length - 3 || Math.abs(cut - 65_536) < 3 || cut % 9_973 === 0;
    if (isTelling) yield [wire.subarray(0, cut), wire.subarray(cut)];
  }
}

function expectStream(vector: FramingVector, chunks: Iterable<Uint8Array>): void {
  const { decoder, events } = record({ role: vector.to });
  const error = pushAll(decoder, chunks);
  expect(events).toEqual(vector.events);
  if (vector.error === undefined) {
    expect(error).toBeUndefined();
    expect(decoder.isEnded).toBe(vector.events.at(-1)?.[0] === "close");
    return;
  }
  expect(error).toBeInstanceOf(WebSocketException);
  expect(error).toMatchObject({ code: vector.error, closeCode: vector.closeCode });
  expect(thrownBy(() => { decoder.push(hex("81 00")); })).toBe(error);
}

test.each(streams)("Decoder, $name, to a $to (§$section): every cut in two", (vector) => {
  for (const chunks of cuts(vector.wire)) expectStream(vector, chunks);
});

test.each(streams)("Decoder, $name, to a $to (§$section): byte by byte, and in chunks of other sizes", (vector) => {
  for (const size of [1, 2, 3, 7, 1000, 70_000]) expectStream(vector, chunksOf(vector.wire, size));
});

test.each(streams)("Decoder, $name, to a $to (§$section): in portable memory, while another decoder holds the shared one", (vector) => {
  acquireParseBuffer();
  try {
    for (const size of [1, 5, 70_000]) expectStream(vector, chunksOf(vector.wire, size));
  } finally {
    releaseParseBuffer();
  }
});

test("Decoder reads many messages out of one chunk and one message out of many (§5.4)", () => {
  const all = streams.filter(({ to, error, events }) => to === "client" && error === undefined && events.every(([kind]) => kind !== "close"));
  const wire = concat(...all.map((vector) => vector.wire));
  const { decoder, events } = record({ role: "client" });
  decoder.push(wire);
  expect(events).toEqual(all.flatMap((vector) => vector.events));
  expect(decoder.bufferedBytes).toBe(0);
});

test.each(utf8.invalid)("Decoder refuses text $bytes at byte $failsAt, before frame or message end (§8.1)", ({ bytes, failsAt }) => {
  const payload = hex(bytes);
  const asOneFrame = concat(hex("81 7d"), payload); // announces more than ever comes
  const asFragments = concat(hex("01 00"), ...Array.from(payload, (byte) => Uint8Array.of(0x00, 1, byte)));
  for (const [wire, per, before] of [[asOneFrame, 1, 2], [asFragments, 3, 2]] as const) {
    const { decoder } = record({ role: "client" });
    const failing = before + failsAt * per;
    expect(pushAll(decoder, chunksOf(wire.subarray(0, failing - 1), 1))).toBeUndefined();
    expect(pushAll(decoder, [wire.subarray(failing - 1, failing)])).toMatchObject({ code: "wsframe/invalid-utf8", closeCode: 1007 });
  }
});

test("Decoder hands out bytes that stay as they are when the chunk and the parse buffer are used again", () => {
  const messages: (string | Uint8Array)[] = [];
  const keep = (payload: Uint8Array): void => void messages.push(payload);
  const decoder = new Decoder({ role: "client", sink: { onMessage: (data) => void messages.push(data), onPing: keep, onPong: keep, onClose: () => {} } });
  const chunk = concat(hex("82 03 010203 89 02 0405 02 01 06 80 01 07 82 7e 0100"), new Uint8Array(256).fill(8));
  decoder.push(chunk);
  const before = messages.map((data) => Uint8Array.from(data as Uint8Array));
  chunk.fill(0xff);
  decoder.push(concat(hex("82 7e 0800"), new Uint8Array(2048).fill(9)));
  expect(messages.slice(0, 4)).toEqual(before);
  expect(new Set((messages as Uint8Array[]).map((data) => data.buffer)).size).toBe(messages.length);
});

test("Decoder takes the memory of a large message once, and gives just that memory out", () => {
  const requests: number[] = [];
  const given: Uint8Array[] = [];
  const allocate = (bytes: number): Uint8Array => {
    requests.push(bytes);
    return new Uint8Array(bytes);
  };
  const decoder = new Decoder({ role: "server", allocate, sink: { onMessage: (data) => void given.push(data as Uint8Array), onPing: () => {}, onPong: () => {}, onClose: () => {} } });
  const payload = Uint8Array.from({ length: 300_000 }, (_, at) => at * 31);
  const wire = new Uint8Array(payload.length + 14);
  writeBinaryFrame(wire, 0, payload, 0x1234_5678);
  for (const chunk of chunksOf(wire, 1448)) decoder.push(chunk);
  expect(requests).toEqual([300_000]);
  expect(Buffer.compare(given[0]!, payload)).toBe(0);
});

test("Decoder takes memory for many fragments in few, growing pieces, so that work per byte stays constant", () => {
  const requests: number[] = [];
  const allocate = (bytes: number): Uint8Array => {
    requests.push(bytes);
    return new Uint8Array(bytes);
  };
  const { decoder, events } = record({ role: "client", allocate });
  const count = 65_537;
  const wire = new Uint8Array(count * 3 + 2);
  for (let index = 0; index < count; index++) wire.set([index === 0 ? 0x02 : 0x00, 1, index], index * 3);
  wire.set([0x80, 0], count * 3);
  for (const chunk of chunksOf(wire, 1)) decoder.push(chunk);
  expect(events[0]?.[1]).toHaveLength(count * 3 - 1);
  expect(requests.length).toBeLessThan(20);
  expect(requests.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(count * 5);
});

test("Decoder believes a header's promise up to 1 MiB only: more memory comes with the bytes", () => {
  const requests: number[] = [];
  const allocate = (bytes: number): Uint8Array => {
    requests.push(bytes);
    return new Uint8Array(bytes);
  };
  const lengths: number[] = [];
  const sink = { onMessage: (data: string | Uint8Array) => void lengths.push(data.length), onPing: () => {}, onPong: () => {}, onClose: () => {} };
  const decoder = new Decoder({ role: "client", allocate, sink, limits: { maxMessageBytes: 100_000_000 } });
  decoder.push(hex("82 7f 0000000000300000 01"));
  expect(requests).toEqual([1_048_576]);
  expect(decoder.bufferedBytes).toBe(1_048_576);
  decoder.push(new Uint8Array(0x30_0000 - 1));
  expect(requests).toEqual([1_048_576, 2_097_152, 3_145_728]);
  expect(lengths).toEqual([0x30_0000]);
});

test("Decoder pauses in the middle of a chunk and goes on where it stopped", () => {
  const wire = concat(...streams.filter(({ to, error }) => to === "client" && error === undefined).slice(0, 9).map((vector) => vector.wire));
  const { decoder: reference, events: expected } = record({ role: "client" });
  reference.push(wire);
  for (const size of [1, 3, 100, wire.length]) {
    const { decoder, events } = record({ role: "client" }, (_, paused) => { paused.pause(); });
    for (const chunk of chunksOf(wire, size)) decoder.push(chunk);
    for (let turn = 1; turn <= expected.length; turn++) {
      expect(events).toEqual(expected.slice(0, turn));
      expect(decoder.isPaused).toBe(true);
      decoder.resume();
    }
    expect(events).toEqual(expected);
  }
});

test("Decoder keeps its own copy of what is left when paused: the chunk may be reused", () => {
  const { decoder, events } = record({ role: "client" }, (_, paused) => { paused.pause(); });
  const chunk = hex("81 01 61 81 01 62 81 01 63");
  decoder.push(chunk);
  chunk.fill(0xff);
  decoder.resume();
  decoder.resume();
  expect(events).toEqual([["text", "a"], ["text", "b"], ["text", "c"]]);
});

test("Decoder keeps nothing but what is left of the chunk when paused, and does not copy the rest again for every message", () => {
  const frames = 20_000;
  const wire = new Uint8Array(frames * 3);
  for (let index = 0; index < frames; index++) wire.set([0x82, 1, 7], index * 3);
  const { decoder, events } = record({ role: "client" }, (_, paused) => { paused.pause(); });
  decoder.push(wire);
  for (let index = 1; index < frames; index++) {
    expect(decoder.bufferedBytes).toBe((frames - index) * 3);
    decoder.resume();
  }
  expect([events.length, decoder.bufferedBytes]).toEqual([frames, 0]);
  decoder.resume();
  decoder.resume();
  expect(events).toHaveLength(frames);
});

test("Decoder ignores a pause that is taken back within the same callback", () => {
  const { decoder, events } = record({ role: "client" }, (_, paused) => {
    paused.pause();
    paused.resume();
  });
  decoder.push(hex("81 01 61 81 01 62"));
  expect(events).toEqual([["text", "a"], ["text", "b"]]);
});

test("Decoder reports nothing after a Close, also not what waited (§5.5.1)", () => {
  const { decoder, events } = record({ role: "client" }, ([kind], closing) => { if (kind === "text") closing.pause(); });
  decoder.push(hex("81 01 61 88 00 81 01 62"));
  decoder.push(hex("ff ff"));
  decoder.resume();
  expect(events).toEqual([["text", "a"], ["close", 1005, ""]]);
  decoder.push(hex("81 01 63"));
  decoder.resume();
  expect([events.length, decoder.isEnded, decoder.bufferedBytes]).toEqual([2, true, 0]);
});

test("resume() throws what the waiting bytes deserve, and so does every push after it", () => {
  const { decoder, events } = record({ role: "client" }, (_, paused) => { paused.pause(); });
  decoder.push(hex("81 01 61 83 00"));
  const error = thrownBy(() => { decoder.resume(); });
  expect(error).toMatchObject({ code: "wsframe/reserved-opcode" });
  expect(thrownBy(() => { decoder.push(hex("81 00")); })).toBe(error);
  decoder.resume();
  expect(events).toHaveLength(1);
});

test("Decoders may push into one another from their callbacks: none loses its place in the shared buffer", () => {
  const random = seededRandom(7);
  const wire = concat(...Array.from({ length: 40 }, (_, index) => {
    const frame = new Uint8Array(700);
    return frame.subarray(0, writeBinaryFrame(frame, 0, new Uint8Array(Math.floor(random() * 600)).fill(index), 0x0102_0304 + index));
  }));
  const { decoder: reference, events: expected } = record({ role: "server" });
  reference.push(wire);
  const nested: unknown[] = [];
  const { decoder, events } = record({ role: "server" }, () => {
    const second = record({ role: "server" }, () => {
      const third = record({ role: "server" });
      third.decoder.push(wire.subarray(0, 900));
    });
    second.decoder.push(wire);
    nested.push(second.events);
  });
  for (const chunk of chunksOf(wire, 997)) decoder.push(chunk);
  expect(events).toEqual(expected);
  expect(nested).toEqual(expected.map(() => expected));
});

test("A callback may push into its own decoder: the chunk is parsed after the current one", () => {
  let left = 3;
  const { decoder, events } = record({ role: "client" }, (_, own) => { if (left-- > 0) own.push(hex("81 01 7a")); });
  decoder.push(hex("81 01 61 81 01 62"));
  expect(events.map(([, data]) => data)).toEqual(["a", "b", "z", "z", "z"]);
});

test("A callback's failure leaves push(), ends the decoder and gives the shared buffer back", () => {
  const { decoder, events } = record({ role: "client" }, () => { throw new TypeError("handler"); });
  expect(thrownBy(() => { decoder.push(hex("81 01 61 81 01 62")); })).toBeInstanceOf(TypeError);
  expect(thrownBy(() => { decoder.push(hex("81 01 61")); })).toBeInstanceOf(TypeError);
  expect(events).toHaveLength(1);
  const odd = record({ role: "client" }, () => { throw "a string" as unknown as Error; });
  expect(thrownBy(() => { odd.decoder.push(hex("81 00")); })).toBe("a string");
  expect(thrownBy(() => { odd.decoder.push(hex("81 00")); })).toMatchObject({ code: "wsframe/error", cause: "a string" });
  const { decoder: other, events: others } = record({ role: "client" });
  other.push(hex("81 01 63"));
  expect(others).toEqual([["text", "c"]]);
});

test("A callback may encode while its decoder parses: the scratch area is not the parse area", () => {
  const target = new Uint8Array(200_000);
  const { decoder, events } = record({ role: "server" }, () => { writeTextFrame(target, 0, "y".repeat(60_000), undefined, 0x7777_7777); });
  const wire = new Uint8Array(400);
  const first = writeTextFrame(wire, 0, "x".repeat(100), undefined, 0x0101_0101);
  const second = writeTextFrame(wire, first, "z".repeat(100), undefined, 0x0202_0202);
  const end = writeControlFrame(wire, second, Opcode.ping, hex("01 02"), 5);
  decoder.push(wire.subarray(0, end));
  expect(events).toEqual([["text", "x".repeat(100)], ["text", "z".repeat(100)], ["ping", "01 02"]]);
});

test("An empty chunk changes nothing, at any place", () => {
  const { decoder, events } = record({ role: "client" });
  for (const byte of hex("01 03 61 62 63 80 01 64")) {
    decoder.push(new Uint8Array(0));
    decoder.pause();
    decoder.push(new Uint8Array(0));
    decoder.resume();
    decoder.push(Uint8Array.of(byte));
  }
  expect(events).toEqual([["text", "abcd"]]);
});
