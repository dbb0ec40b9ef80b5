import { WebSocketException } from "@x/errors/wsframe";
import { chunksOf, concat, hex } from "@x/testkit";
import { expect, test } from "vitest";
import { pushAll, record, thrownBy } from "../test/support.js";
import { DEFAULT_LIMITS, MAX_MESSAGE_BYTES, resolveLimits, type DecoderLimits } from "./index.js";

const ping = hex("89 00");

test("the defaults are what the README and SECURITY.md say", () => {
  expect(DEFAULT_LIMITS).toEqual({
    maxMessageBytes: 1_048_576, maxFrameBytes: 1_048_576, maxFragments: 131_072, maxControlFrames: 10_000, controlWindowMs: 1_000, maxPausedBytes: 1_048_576,
  });
  expect(resolveLimits()).toBe(DEFAULT_LIMITS);
});

test("resolveLimits() lets the frame limit follow the message limit, and keeps one record per options object", () => {
  expect(resolveLimits({ maxMessageBytes: 7 })).toMatchObject({ maxMessageBytes: 7, maxFrameBytes: 7, maxFragments: 131_072 });
  expect(resolveLimits({ maxMessageBytes: 7, maxFrameBytes: 9 })).toMatchObject({ maxMessageBytes: 7, maxFrameBytes: 9 });
  const given = { maxFragments: Infinity };
  expect(resolveLimits(given)).toBe(resolveLimits(given));
});

test.each([
  { maxMessageBytes: 0 }, { maxMessageBytes: -1 }, { maxFrameBytes: Number.NaN }, { maxFragments: 0 }, { maxControlFrames: -5 }, { controlWindowMs: 0 },
  { maxPausedBytes: "1" as unknown as number }, { maxMessageBytes: Infinity }, { maxMessageBytes: MAX_MESSAGE_BYTES + 1 }, { maxFrameBytes: Infinity },
] satisfies Partial<DecoderLimits>[])("resolveLimits() refuses %o", (limits) => {
  const error = thrownBy(() => resolveLimits(limits));
  expect(error).toBeInstanceOf(WebSocketException);
  expect(error).toMatchObject({ code: "wsframe/invalid-option" });
});

test.each([
  ["one frame", "82 0a (00)*10", "82 0b"],
  ["a text frame", "81 0a (61)*10", "81 0b"],
  ["fragments", "02 05 (00)*5 80 05 (00)*5", "02 05 (00)*5 00 05 (00)*5 00 01"],
] as const)("maxMessageBytes holds for %s, at the header, before the payload comes", (_, atLimit, over) => {
  const expand = (text: string): Uint8Array => hex(text.replace(/\((..)\)\*(\d+)/g, (_all, octet: string, count: string) => octet.repeat(Number(count))));
  for (const size of [1, 1000]) {
    const { decoder, events } = record({ role: "client", limits: { maxMessageBytes: 10 } });
    expect(pushAll(decoder, chunksOf(expand(atLimit), size))).toBeUndefined();
    expect(events).toHaveLength(1);
    expect(pushAll(decoder, chunksOf(expand(over), size))).toMatchObject({ code: "wsframe/message-too-big", closeCode: 1009, details: { limit: 10, actual: 11 } });
  }
});

test.each([["maxMessageBytes", "wsframe/message-too-big"], ["maxFrameBytes", "wsframe/frame-too-big"]] as const)("%s holds for frames that lie whole in one chunk", (name, code) => {
  for (const opcode of ["81", "82"]) {
    const { decoder, events } = record({ role: "client", limits: { [name]: 4 } });
    expect(pushAll(decoder, [hex(`${opcode} 04 61616161 ${opcode} 05 6161616161`)])).toMatchObject({ code, closeCode: 1009 });
    expect(events).toHaveLength(1);
  }
});

test("maxMessageBytes counts bytes of UTF-8 and of the longest length without overflow", () => {
  const { decoder } = record({ role: "client" });
  expect(pushAll(decoder, [hex("82 7f 001fffffffffffff")])).toMatchObject({ code: "wsframe/message-too-big" });
});

test("maxFrameBytes holds for whole and for continued frames", () => {
  for (const prefix of ["", "02 01 00"]) {
    const first = prefix === "" ? "82" : "80";
    const make = (): ReturnType<typeof record> => record({ role: "client", limits: { maxFrameBytes: 4 } });
    const good = make();
    expect(pushAll(good.decoder, [hex(`${prefix} ${first} 04 00000000`)])).toBeUndefined();
    expect(good.events).toHaveLength(1);
    expect(pushAll(make().decoder, [hex(`${prefix} ${first} 05`)])).toMatchObject({ code: "wsframe/frame-too-big", closeCode: 1009 });
  }
});

test("maxFragments holds for empty fragments too", () => {
  const limits = { maxFragments: 3 };
  const good = record({ role: "client", limits });
  expect(pushAll(good.decoder, [hex("01 00 00 00 80 00 01 00 00 00 80 00")])).toBeUndefined();
  expect(good.events).toEqual([["text", ""], ["text", ""]]);
  const { decoder } = record({ role: "client", limits });
  expect(pushAll(decoder, [hex("01 00 00 00 00 00")])).toBeUndefined();
  expect(pushAll(decoder, [hex("80 00")])).toMatchObject({ code: "wsframe/too-many-fragments", closeCode: 1009 });
});

test("maxControlFrames holds within a window of time, which a later push renews", () => {
  const { decoder, events } = record({ role: "client", limits: { maxControlFrames: 3, controlWindowMs: 100 } });
  decoder.push(ping, 1000);
  decoder.push(concat(ping, hex("81 01 61"), ping), 1099);
  decoder.push(concat(ping, ping, ping), 1100);
  expect(events).toHaveLength(7);
  const error = thrownBy(() => { decoder.push(ping, 1199); });
  expect(error).toMatchObject({ code: "wsframe/too-many-control-frames", closeCode: 1008 });
});

test("maxControlFrames holds per push where no time is given, so that a quiet connection lives for ever", () => {
  const { decoder, events } = record({ role: "client", limits: { maxControlFrames: 2 } });
  for (let index = 0; index < 50; index++) decoder.push(concat(ping, ping));
  expect(events).toHaveLength(100);
  expect(pushAll(decoder, [concat(ping, ping, ping)])).toMatchObject({ code: "wsframe/too-many-control-frames" });
  expect(events).toHaveLength(102);
});

test("maxPausedBytes holds for what is pushed while paused, and for what a callback pushes into its own decoder", () => {
  const limits = { maxPausedBytes: 4 };
  const { decoder, events } = record({ role: "client", limits });
  decoder.pause();
  decoder.push(hex("81 01"));
  decoder.push(hex("61 82"));
  expect([decoder.bufferedBytes, events]).toEqual([4, []]);
  expect(pushAll(decoder, [hex("00")])).toMatchObject({ code: "wsframe/paused-overflow", closeCode: 1008 });
  expect(decoder.bufferedBytes).toBe(0);

  const own = record({ role: "client", limits }, (_, self) => { self.push(hex("81 03 61 62 63")); });
  expect(pushAll(own.decoder, [hex("81 00 81 00")])).toMatchObject({ code: "wsframe/paused-overflow" });
  expect(own.events).toEqual([["text", ""]]);
});

test("maxPausedBytes does not count the rest of the chunk that was being parsed when the pause came", () => {
  const { decoder, events } = record({ role: "client", limits: { maxPausedBytes: 4 } }, (_, paused) => { paused.pause(); });
  decoder.push(hex("81 01 61 81 01 62 81 01 63"));
  decoder.resume();
  decoder.resume();
  expect(events).toHaveLength(3);
});
