/**
 * What a decoder accepts at most: names, units, defaults. SECURITY.md's table is made of these.
 *
 * Room: wsframe core.
 */

import { argumentFault } from "./faults.js";

/** No engine's string is longer than this many characters, so no message may be. */
export const MAX_MESSAGE_BYTES = 0x1fff_ffe8;

/** Limits of one decoder. Every one is enforced before the memory it guards is taken. */
export interface DecoderLimits {
  /** Payload of one message after reassembly, in bytes. Exceeding it ends with 1009, `wsframe/message-too-big`. */
  readonly maxMessageBytes: number;
  /** Payload of one data frame, in bytes. Exceeding it ends with 1009, `wsframe/frame-too-big`. */
  readonly maxFrameBytes: number;
  /** Frames of one message. Exceeding it ends with 1009, `wsframe/too-many-fragments`. */
  readonly maxFragments: number;
  /** Ping, Pong and Close frames within one window; each is at most 125 bytes. Exceeding it ends with 1008, `wsframe/too-many-control-frames`. */
  readonly maxControlFrames: number;
  /** Length of that window in milliseconds of the time given to `push`; without a time every push is a window of its own. */
  readonly controlWindowMs: number;
  /** Bytes kept while paused, or while a push comes out of this decoder's own callback. Exceeding it ends with 1008, `wsframe/paused-overflow`. */
  readonly maxPausedBytes: number;
}

/** The defaults; `maxFrameBytes` follows `maxMessageBytes` when only the latter is given. */
export const DEFAULT_LIMITS: DecoderLimits = {
  maxMessageBytes: 1_048_576,
  maxFrameBytes: 1_048_576,
  maxFragments: 131_072,
  maxControlFrames: 10_000,
  controlWindowMs: 1_000,
  maxPausedBytes: 1_048_576,
};

/** A server passes the same options for every connection: they share one record. */
const resolved = new WeakMap<Partial<DecoderLimits>, DecoderLimits>();

/**
 * The complete record behind partial options, which must not change afterwards.
 * @throws {WebSocketException} `wsframe/invalid-option`: a limit is not a positive number (`Infinity` is one), or the message
 *   or frame limit exceeds {@link MAX_MESSAGE_BYTES}.
 */
export function resolveLimits(partial?: Partial<DecoderLimits>): DecoderLimits {
  if (partial === undefined) return DEFAULT_LIMITS;
  const known = resolved.get(partial);
  if (known !== undefined) return known;
  const limits: DecoderLimits = {
    ...DEFAULT_LIMITS,
    maxFrameBytes: partial.maxMessageBytes ?? DEFAULT_LIMITS.maxFrameBytes,
    ...partial,
  };
  for (const [name, value] of Object.entries(limits) as [string, unknown][]) {
    if (typeof value !== "number" || !(value > 0)) throw argumentFault("wsframe/invalid-option", `Cannot use ${name}: must be a positive number`);
  }
  for (const name of ["maxMessageBytes", "maxFrameBytes"] as const) {
    if (limits[name] > MAX_MESSAGE_BYTES) throw argumentFault("wsframe/invalid-option", `Cannot use ${name}: must be at most ${MAX_MESSAGE_BYTES}`);
  }
  resolved.set(partial, limits);
  return limits;
}
