/**
 * The vectors of conformance/rfc6455 and conformance/rfc7692, played to our server and to our client over live TCP, cut in
 * every way: what was heard, what was answered, how it ended, and that nothing followed a Close.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { concat, deflateVectors, framingVectors, hex, octets, toHex, utf8Vectors, type FramingVector, type VectorEvent } from "@x/testkit";
import { createPlayer, type Played, type Player } from "./players.js";
import { closeOf, frame, type SeenFrame } from "./raw-end.js";

const roles = ["server", "client"] as const;
const LEAVE = 1000;

describe.each(roles)("RFC 6455, to our %s", (role) => {
  let player: Player;
  beforeAll(async () => void (player = await createPlayer(role)));
  afterAll(() => player.close());
  const leave = frame(0x88, hex("03e8"), role === "server");

  const vectors = framingVectors().filter(({ to }) => to === role);
  test.each(vectors.map((vector) => [vector.name, vector.section, vector] as const))("%s (§%s)", async (_name, _section, vector) => {
    const isOver = vector.error !== undefined || vector.events.at(-1)?.[0] === "close";
    const wire = isOver ? vector.wire : concat(vector.wire, leave);
    const all = await Promise.all(cutsOf(vector.wire).map((cuts) => player.play(wire, cuts)));
    for (const played of all) {
      expect(played.heard).toEqual(vector.events.filter(([kind]) => kind !== "close"));
      expectAnswers(played, vector.events);
      expectEnd(played, vector);
      expectFrames(played, role === "client");
    }
  });

  const { valid, invalid, truncated } = utf8Vectors();
  const text = (first: number, payload: Uint8Array): Uint8Array => frame(first, payload, role === "server");
  const perOctet = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => text(0x00, Uint8Array.of(byte)));

  test("valid UTF-8, in one frame and an octet per fragment (§8.1)", async () => {
    await Promise.all(valid.map(octets).map(async (bytes) => {
      const wire = concat(text(0x81, bytes), text(0x01, octets("")), ...perOctet(bytes), text(0x80, octets("")), leave);
      const { heard, info } = await player.play(wire, []);
      const expected = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
      expect(heard).toEqual([["text", expected], ["text", expected]]);
      expect(info.code).toBe(LEAVE);
    }));
  });

  test("invalid UTF-8 fails at the offending octet: within a frame that is not finished (§8.1)", async () => {
    await Promise.all(invalid.map(async ({ bytes, failsAt }) => {
      const payload = octets(bytes).subarray(0, failsAt);
      const unfinished = text(0x81, concat(payload, new Uint8Array(100 - payload.length))).subarray(0, (role === "server" ? 6 : 2) + failsAt);
      expect(closeOf((await player.play(unfinished, [])).seen).code).toBe(1007);
    }));
  });

  test("invalid UTF-8 fails at the offending octet, and not before: a Ping before it is answered (§8.1)", async () => {
    await Promise.all(invalid.map(async ({ bytes, failsAt }) => {
      const payload = octets(bytes);
      const before = [text(0x01, payload.subarray(0, failsAt - 1)), text(0x89, hex("01"))];
      const { heard, seen } = await player.play(concat(...before, text(0x00, payload.subarray(failsAt - 1, failsAt))), [concat(...before).length]);
      expect(heard).toEqual([["ping", "01"]]);
      expect(seen.frames.map(({ first }) => first)).toEqual([0x8a, 0x88]);
      expect(closeOf(seen).code).toBe(1007);
    }));
  });

  test("truncated UTF-8 fails with the message, in one frame and in fragments (§8.1)", async () => {
    await Promise.all(truncated.map(octets).flatMap((bytes) => [[text(0x81, bytes)], [text(0x01, octets("")), ...perOctet(bytes), text(0x80, octets(""))]]).map(async (frames) => {
      expect(closeOf((await player.play(concat(...frames), [])).seen).code).toBe(1007);
    }));
  });
});

describe.each(roles)("RFC 7692, to our %s", (role) => {
  let player: Player;
  beforeAll(async () => void (player = await createPlayer(role, { perMessageDeflate: true, maxMessageBytes: 65_536, extensions: "permessage-deflate" })));
  afterAll(() => player.close());
  const leave = frame(0x88, hex("03e8"), role === "server");

  test.each(deflateVectors().map((vector) => [vector.name, vector.section, vector] as const))("%s (§%s)", async (_name, _section, { frames, messages, close }) => {
    const bytes = concat(...frames.map(([first, payload]) => frame(first, payload, role === "server")));
    const wire = close === LEAVE ? concat(bytes, leave) : bytes;
    const all = await Promise.all(cutsOf(bytes).map((cuts) => player.play(wire, cuts)));
    for (const { heard, info, seen } of all) {
      expect(heard.filter(([kind]) => kind !== "ping")).toEqual(messages);
      expect([closeOf(seen).code, info.code, seen.bytesAfterClose]).toEqual([close, close, 0]);
    }
  });
});

describe.each(roles)("RFC 7692, how far back, to our %s", (role) => {
  let player: Player;
  const agreed = role === "server" ? "permessage-deflate; client_max_window_bits" : "permessage-deflate; server_max_window_bits=9";
  beforeAll(async () => void (player = await createPlayer(role, { perMessageDeflate: role === "server" ? { clientMaxWindowBits: 9 } : true, extensions: agreed })));
  afterAll(() => player.close());

  test.each(deflateVectors("windows").map((vector) => [vector.name, vector.section, vector] as const))("%s (§%s)", async (_name, _section, { frames, messages, close }) => {
    const wire = concat(...[...frames, ...(close === LEAVE ? [[0x88, hex("03e8")] as const] : [])].map(([first, payload]) => frame(first, payload, role === "server")));
    const { heard, seen } = await player.play(wire, []);
    expect(heard.slice(1)).toEqual(messages);
    expect(closeOf(seen).code).toBe(close);
  });
});

/** Every cut in two, and octet by octet, where that is quick; around the header, and in pieces of 997 octets, where it is not. */
function cutsOf({ length }: Uint8Array): number[][] {
  const every = (step: number, end: number): number[] => Array.from({ length: Math.max(0, Math.ceil(end / step) - 1) }, (_, at) => (at + 1) * step);
  if (length <= 64) return [[], every(1, length), ...every(1, length).map((at) => [at])];
  return [[], every(997, length), ...[...every(1, 16), Math.floor(length / 2), length - 1].map((at) => [at])];
}

/** §5.5.3: every Ping before the end is answered by its payload. */
function expectAnswers({ seen }: Played, events: readonly VectorEvent[]): void {
  const pongs = seen.frames.filter(({ first }) => first === 0x8a).map(({ payload }) => ["ping", toHex(payload)]);
  expect(pongs).toEqual(events.filter(([kind]) => kind === "ping"));
}

function expectEnd({ info, seen }: Played, { error, closeCode, events }: FramingVector): void {
  const close = closeOf(seen);
  const last = events.at(-1);
  expect(seen.bytesAfterClose).toBe(0);
  if (error !== undefined) {
    expect(close.code).toBe(closeCode);
    expect(info).toEqual({ code: closeCode, reason: close.reason, wasClean: false, initiator: "local" });
  } else {
    const [, code, reason] = last?.[0] === "close" ? last : ["close", LEAVE, ""];
    expect(close).toEqual({ code, reason });
    expect(info).toEqual({ code, reason, wasClean: true, initiator: "remote" });
  }
}

/** §5.1–5.3: masked by a client and only by it, whole, without reserved bits, lengths in their shortest form. */
function expectFrames({ seen }: Played, isMasked: boolean): void {
  for (const sent of seen.frames) expect(shapeOf(sent)).toEqual({ isMasked, firstBits: 0x80, headerBytes: headerOf(sent.payload.length) + (isMasked ? 4 : 0) });
}

function shapeOf({ isMasked, first, headerBytes }: SeenFrame): object {
  return { isMasked, firstBits: first & 0xf0, headerBytes };
}

function headerOf(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10;
}

describe.each(roles)("what our %s sends (§5.1–5.3)", (role) => {
  let player: Player;
  beforeAll(async () => void (player = await createPlayer(role, { isEcho: true, maxMessageBytes: 200_000 })));
  afterAll(() => player.close());

  test.each([[0x81], [0x82]])("opcode byte %i: lengths in their shortest form, masks by role, a new key for every frame", async (first) => {
    const payloads = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].map((length) => Buffer.alloc(length, 0x61));
    const wire = concat(...payloads.map((payload) => frame(first, payload, role === "server")), frame(0x88, hex("03e8"), role === "server"));
    const played = await player.play(wire, []);
    const echoes = played.seen.frames.slice(0, -1);
    expect(echoes.map((sent) => [sent.first, sent.payload.length])).toEqual(payloads.map(({ length }) => [first, length]));
    for (const [index, { payload }] of echoes.entries()) expect(payload.equals(payloads[index] ?? Buffer.alloc(0))).toBe(true);
    expectFrames(played, role === "client");
    if (role === "client") expect(new Set(played.seen.frames.map(({ maskKey }) => maskKey)).size).toBe(payloads.length + 1);
  });
});
