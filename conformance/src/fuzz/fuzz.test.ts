/**
 * A million inputs: vectors with their bytes changed, cut and joined at random. Only documented errors may come out, and memory
 * must not grow. `SEED=…` plays a run again; a failure prints its seed and its input.
 */
import { expect, test } from "vitest";
import { TransportError, wsframe } from "@x/errors";
import { createZlibPort, perMessageDeflate } from "@x/simple-ws";
import { deflateVectors, framingVectors, seededRandom, toHex } from "@x/testkit";
import { decoderRules, Decoder, Frame, parseExtensions, type DecoderSink, type Role } from "@x/wsframe";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000_007);
const codes: ReadonlySet<string> = new Set(Object.keys(wsframe.wsframeCodes));
const seeds = [...framingVectors().map(({ wire }) => wire), ...deflateVectors().flatMap(({ frames }) => frames.map(([, payload]) => payload))]
  .filter(({ length }) => length > 0 && length < 300);

/** Changes, cuts and joins what is there; the result lies in one buffer, so that an input costs next to nothing. */
class Mutator {
  readonly #random = seededRandom(seed);
  readonly #buffer = new Uint8Array(2_048);

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick(): Uint8Array {
    let length = 0;
    for (let parts = 1 + this.below(3); parts > 0; parts--) {
      const part = seeds[this.below(seeds.length)] ?? this.#buffer;
      const from = this.below(4) === 0 ? this.below(part.length) : 0;
      const piece = part.subarray(from, this.below(4) === 0 ? from + this.below(part.length - from) : part.length);
      this.#buffer.set(piece, length);
      length += piece.length;
    }
    for (let changes = this.below(6); changes > 0 && length > 0; changes--) {
      const at = this.below(this.below(2) === 0 ? length : Math.min(length, 14)); // headers are where it hurts
      this.#buffer[at] = this.below(2) === 0 ? this.below(256) : (this.#buffer[at] ?? 0) ^ (1 << this.below(8));
    }
    return this.#buffer.subarray(0, length);
  }
}

const mutator = new Mutator();

/** Runs `attack` on `count` inputs; whatever it throws must be an error of the tables. */
function fuzz(count: number, attack: (input: Uint8Array) => void): void {
  for (let index = 0; index < count; index++) {
    const input = mutator.pick();
    try {
      attack(input);
    } catch (error) {
      const isDocumented = error instanceof TransportError && codes.has(error.code);
      if (!isDocumented) throw new Error(`SEED=${seed}, input ${index}: ${toHex(input)}`, { cause: error });
    }
  }
}

const sink: DecoderSink = { onMessage: ignore, onExtended: ignore, onPing: ignore, onPong: ignore, onClose: ignore };
const limits = { maxMessageBytes: 1_000, maxFragments: 20, maxControlFrames: 50, maxPausedBytes: 500 };
const roles: readonly Role[] = ["client", "server"];
let inputs = 0;

test.each(roles)(`Decoder as %s (SEED=${seed})`, { timeout: 120_000 }, (role) => {
  const rules = decoderRules({ role, limits });
  const before = process.memoryUsage().heapUsed;
  const count = 475_000;
  fuzz(count, (input) => {
    const decoder = new Decoder({ role, rules, reservedBits: mutator.below(2) * 0x40, sink });
    const cut = mutator.below(input.length + 1);
    decoder.push(input.subarray(0, cut), 0);
    if (mutator.below(8) === 0) decoder.pause();
    decoder.push(input.subarray(cut), 0);
    decoder.resume();
    expectBounded(decoder.bufferedBytes);
  });
  inputs += count;
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000);
});

test("Frame.read()", { timeout: 60_000 }, () => {
  const count = 60_000;
  fuzz(count, (input) => Frame.read(input)?.frame.validate({ role: "server" }));
  inputs += count;
});

test("Sec-WebSocket-Extensions", { timeout: 60_000 }, () => {
  const count = 30_000;
  const words = ["permessage-deflate", "; ", ", ", "client_max_window_bits", "=", "15", '"', "\\", " ", "server_no_context_takeover", "é", "\u0000"];
  for (let index = 0; index < count; index++) {
    const field = Array.from({ length: mutator.below(12) }, () => words[mutator.below(words.length)]).join("");
    fuzz(1, () => void parseExtensions(field));
  }
  inputs += count;
});

test("permessage-deflate, with what went before", { timeout: 120_000 }, async () => {
  const count = 20_000;
  const factory = perMessageDeflate(createZlibPort(), { thresholdBytes: 0 });
  let extension = factory.agree({ name: "permessage-deflate", parameters: [] });
  for (let index = 0; index < count; index++) {
    const input = Uint8Array.from(mutator.pick());
    await new Promise<void>((resolve) => extension.decode(input, 0x40, 10_000, (error, payload) => {
      expectBounded(payload.length);
      if (error !== undefined && !codes.has(error.code)) throw new Error(`SEED=${seed}: ${toHex(input)}`, { cause: error });
      resolve();
    }));
    if (mutator.below(20) === 0) extension = factory.agree({ name: "permessage-deflate", parameters: [] });
  }
  inputs += count;
});

test("that were a million", () => {
  expect(inputs).toBeGreaterThanOrEqual(1_000_000);
});

function expectBounded(bytes: number): void {
  if (bytes > 10_000) throw new Error(`${bytes} bytes are held`);
}

function ignore(): void {
  // only failures matter
}
