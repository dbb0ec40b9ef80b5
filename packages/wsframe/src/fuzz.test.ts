/** Whatever arrives, a decoder ends in events or in one documented error, and how the bytes are cut changes neither. */
import { WebSocketPayloadException, WebSocketProtocolException, wsframeCodes } from "@x/errors/wsframe";
import { concat, seededRandom } from "@x/testkit";
import { expect, test } from "vitest";
import { pushAll, record, streams, type DecoderEvent } from "../test/support.js";
import type { DecoderLimits, Role } from "./index.js";

const limits: Partial<DecoderLimits> = { maxMessageBytes: 5_000, maxFragments: 40, maxControlFrames: 100_000 };
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);
const short = streams.filter(({ wire }) => wire.length < 300);

interface End { readonly events: readonly DecoderEvent[]; readonly code: string | undefined }

function decode(role: Role, wire: Uint8Array, nextChunk: () => number): End {
  const { decoder, events } = record({ role, limits });
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < wire.length; ) {
    const size = nextChunk();
    chunks.push(wire.subarray(at, at + size));
    at += size;
  }
  const error = pushAll(decoder, chunks);
  expect(decoder.bufferedBytes).toBeLessThan(2 * 5_000 + 200);
  if (error === undefined) return { events, code: undefined };
  expect(error instanceof WebSocketProtocolException || error instanceof WebSocketPayloadException).toBe(true);
  const { code, closeCode } = error as WebSocketProtocolException;
  expect(Object.keys(wsframeCodes)).toContain(code);
  expect([1002, 1007, 1008, 1009]).toContain(closeCode);
  return { events, code };
}

/** Vectors strung together, then hurt: bytes changed, dropped, doubled, or nothing but noise. */
function makeWire(random: () => number): Uint8Array {
  const pick = (count: number): number => Math.floor(random() * count);
  if (pick(8) === 0) return Uint8Array.from({ length: pick(200) }, () => pick(256));
  const wire = concat(...Array.from({ length: 1 + pick(12) }, () => short[pick(short.length)]?.wire ?? new Uint8Array(0)));
  const hurts = pick(4);
  let hurt = wire;
  for (let index = 0; index < hurts; index++) {
    const at = pick(hurt.length + 1);
    const kind = pick(3);
    if (kind === 0) hurt[at] = pick(256);
    else if (kind === 1) hurt = concat(hurt.subarray(0, at), hurt.subarray(at + 1 + pick(4)));
    else hurt = concat(hurt.subarray(0, at), hurt.subarray(Math.max(0, at - 5)));
  }
  return hurt;
}

test.each(seeds)("Decoder, seed %i: events or one documented error, the same for every way of cutting", (seed) => {
  const random = seededRandom(seed);
  let failures = 0;
  let messages = 0;
  for (let round = 0; round < 300; round++) {
    const wire = makeWire(random);
    const role: Role = random() < 0.5 ? "client" : "server";
    const whole = decode(role, wire, () => wire.length);
    expect(decode(role, wire, () => 1)).toEqual(whole);
    expect(decode(role, wire, () => 1 + Math.floor(random() * 30))).toEqual(whole);
    failures += whole.code === undefined ? 0 : 1;
    messages += whole.events.length;
  }
  expect(failures).toBeGreaterThan(50); // the fuzzer reaches both ends
  expect(messages).toBeGreaterThan(50);
});
