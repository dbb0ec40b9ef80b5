/** What this package's suites share: a recording decoder and the vectors. */
import { readFileSync } from "node:fs";
import { hex, toHex } from "@x/testkit";
import { Decoder, type DecoderOptions, type DecoderSink, type Role } from "../src/index.js";

/** What a decoder reported, bytes in hexadecimal. */
export type DecoderEvent = readonly ["text" | "binary" | "ping" | "pong", string] | readonly ["close", number, string];

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

export interface StreamVector {
  readonly name: string;
  readonly section: string;
  readonly to: Role;
  readonly wire: Uint8Array;
  readonly events: readonly DecoderEvent[];
  readonly error?: string;
  readonly closeCode?: number;
}
interface RawVectors {
  readonly streams: readonly (Omit<StreamVector, "wire" | "events"> & { readonly wire: string; readonly events: readonly (readonly [string, ...unknown[]])[] })[];
  readonly utf8: {
    readonly valid: readonly string[];
    readonly invalid: readonly { readonly bytes: string; readonly failsAt: number }[];
    readonly truncated: readonly string[];
  };
}

const raw = JSON.parse(readFileSync(new URL("../../../conformance/vectors/rfc6455.json", import.meta.url), "utf8")) as RawVectors;

export const streams: readonly StreamVector[] = raw.streams.map((vector) => ({
  ...vector,
  wire: hex(expand(vector.wire)),
  events: vector.events.map((event) => normalise(event)),
}));
export const utf8: RawVectors["utf8"] = raw.utf8;

function expand(text: string): string {
  return text.replace(/\((\w\w)\)\*(\d+)/g, (_, octet: string, count: string) => octet.repeat(Number(count)));
}

function normalise([kind, ...rest]: readonly [string, ...unknown[]]): DecoderEvent {
  const text = (value: unknown): string => String(value).replace(/^(.)\*(\d+)$/, (_, character: string, count: string) => character.repeat(Number(count)));
  switch (kind) {
    case "close": return ["close", Number(rest[0]), text(rest[1])];
    case "text": return ["text", text(rest[0])];
    case "binary": case "ping": case "pong": return [kind, toHex(hex(expand(String(rest[0]))))];
    default: throw new TypeError(`Unknown event ${kind}`);
  }
}
