/** What this package's suites share: a recording decoder and the vectors. */
import { framingVectors, toHex, utf8Vectors, type FramingVector, type Utf8Vectors, type VectorEvent } from "@x/testkit";
import { Decoder, type DecoderOptions, type DecoderSink, type Role } from "../src/index.js";

/** What a decoder reported, bytes in hexadecimal. */
export type DecoderEvent = VectorEvent;

export interface Recorder {
  readonly decoder: Decoder;
  readonly events: DecoderEvent[];
}

/** A decoder whose events are written down; `on` is told of each and may act on the decoder at once. */
export function record(options: Partial<DecoderOptions> & { readonly role: Role }, on?: (event: DecoderEvent, decoder: Decoder) => void): Recorder {
  const events: DecoderEvent[] = [];
  const report = (event: DecoderEvent): void => {
    events.push(event);
    on?.(event, decoder);
  };
  const sink: DecoderSink = {
    onMessage: (data) => { report(typeof data === "string" ? ["text", data] : ["binary", toHex(data)]); },
    onPing: (payload) => { report(["ping", toHex(payload)]); },
    onPong: (payload) => { report(["pong", toHex(payload)]); },
    onClose: (code, reason) => { report(["close", code, reason]); },
  };
  const decoder = new Decoder({ sink, ...options });
  return { decoder, events };
}

/** Pushes the chunks. @returns what the first failing push threw, or `undefined`. */
export function pushAll(decoder: Decoder, chunks: Iterable<Uint8Array>): unknown {
  for (const chunk of chunks) {
    try {
      decoder.push(chunk);
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

/** @returns what the function threw; fails if it threw nothing. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

export const streams: readonly FramingVector[] = framingVectors();
export const utf8: Utf8Vectors = utf8Vectors();
