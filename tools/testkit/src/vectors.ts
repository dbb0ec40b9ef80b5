/** The vectors under conformance/: data, each with its section of an RFC, as a suite of either role wants to play them. */
import { readFileSync } from "node:fs";
import { hex, toHex } from "./bytes.js";

export type VectorRole = "client" | "server";

/** What a receiver reports, bytes in hexadecimal. */
export type VectorEvent = readonly ["text" | "binary" | "ping" | "pong", string] | readonly ["close", number, string];

/** RFC 6455, for one receiving side. */
export interface FramingVector {
  readonly name: string;
  readonly section: string;
  /** Who receives it. */
  readonly to: VectorRole;
  readonly wire: Uint8Array;
  readonly events: readonly VectorEvent[];
  /** How it fails then, and with which close code. */
  readonly error?: string;
  readonly closeCode?: number;
}

export interface Utf8Vectors {
  readonly valid: readonly string[];
  /** No text begins with as many octets as `failsAt`. */
  readonly invalid: readonly { readonly bytes: string; readonly failsAt: number }[];
  /** The beginning of a text, and none. */
  readonly truncated: readonly string[];
}

/** RFC 7692: frames as [first byte, payload], to either side. */
export interface DeflateVector {
  readonly name: string;
  readonly section: string;
  readonly frames: readonly (readonly [first: number, payload: Uint8Array])[];
  readonly messages: readonly (readonly ["text" | "binary", string])[];
  readonly close: number;
}

interface RawFraming extends Omit<FramingVector, "wire" | "events" | "to"> {
  readonly to?: VectorRole;
  readonly wire: string;
  readonly events: readonly (readonly [string, ...unknown[]])[];
}
interface RawDeflate extends Omit<DeflateVector, "frames"> {
  readonly frames: readonly (readonly [string, string])[];
}

const framingFiles = ["frames", "fragmentation", "control", "close", "text"] as const;

/** Every vector once per side: those that name none are masked for servers. */
export function framingVectors(): readonly FramingVector[] {
  const raw = framingFiles.flatMap((file) => (readData(`rfc6455/${file}`) as { readonly vectors: readonly RawFraming[] }).vectors);
  return raw.flatMap((vector) => {
    const wire = octets(vector.wire);
    const events = vector.events.map((event) => eventOf(event));
    if (vector.to !== undefined) return [{ ...vector, to: vector.to, wire, events }];
    return [{ ...vector, to: "client", wire, events }, { ...vector, to: "server", wire: maskFrames(wire), events }];
  });
}

export function utf8Vectors(): Utf8Vectors {
  return readData("rfc6455/utf8") as Utf8Vectors;
}

export function deflateVectors(file: "messages" | "windows" = "messages"): readonly DeflateVector[] {
  const { vectors } = readData(`rfc7692/${file}`) as { readonly vectors: readonly RawDeflate[] };
  return vectors.map((vector) => ({ ...vector, messages: vector.messages.map(([kind, data]) => [kind, kind === "text" ? data : toHex(octets(data))]), frames: vector.frames.map(([first, payload]) => [Number.parseInt(first, 16), octets(payload)]) }));
}

/** A file of conformance/, without its ending. */
export function readData(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../conformance/${name}.json`, import.meta.url), "utf8"));
}

/** @returns the octets that `text` writes in hexadecimal; `(xx)*n` repeats one. */
export function octets(text: string): Uint8Array<ArrayBuffer> {
  return hex(text.replace(/\((\w\w)\)\*(\d+)/g, (_, octet: string, count: string) => octet.repeat(Number(count))));
}

/**
 * A server's bytes as a client's: a key in every header, payloads masked as far as they are there. What is cut off, or says
 * something that is not so, stays like that.
 */
export function maskFrames(wire: Uint8Array): Uint8Array<ArrayBuffer> {
  const masked: number[] = [];
  for (let at = 0, frame = 1; at < wire.length; frame++) {
    const second = wire[at + 1] ?? 0;
    const extended = (second & 0x7f) === 127 ? 8 : (second & 0x7f) === 126 ? 2 : 0;
    const headerEnd = at + 2 + extended;
    masked.push(...wire.subarray(at, at + 1), ...(at + 1 < wire.length ? [second | 0x80] : []), ...wire.subarray(at + 2, headerEnd));
    if (headerEnd > wire.length) break;
    const length = extended === 0 ? second & 0x7f : wire.subarray(at + 2, headerEnd).reduce((value, byte) => value * 256 + byte, 0);
    const key = [0xa5 ^ frame, 0x3c, 0xf0, 0x11 * frame].map((byte) => byte & 0xff);
    masked.push(...key);
    const end = Math.min(headerEnd + length, wire.length);
    for (let index = headerEnd; index < end; index++) masked.push((wire[index] ?? 0) ^ (key[(index - headerEnd) % 4] ?? 0));
    at = end;
  }
  return Uint8Array.from(masked);
}

function eventOf([kind, ...rest]: readonly [string, ...unknown[]]): VectorEvent {
  const text = (value: unknown): string => String(value).replace(/^(.)\*(\d+)$/, (_, character: string, count: string) => character.repeat(Number(count)));
  switch (kind) {
    case "close": return ["close", Number(rest[0]), text(rest[1])];
    case "text": return ["text", text(rest[0])];
    case "binary": case "ping": case "pong": return [kind, toHex(octets(String(rest[0])))];
    default: throw new TypeError(`Cannot read vector: event ${kind} is unknown, must be text, binary, ping, pong or close`);
  }
}
