/**
 * What is shown of a payload: text without anything that could drive a terminal, bytes as text where they are, in hex where not.
 */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** Controls but tab and line feed, and characters that change direction or cannot be seen. */
const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
const MAX_INFLATED_BYTES = 10_000_000;

/** Text that a terminal can be given: what could move its cursor, colour it or set its title is spelled out. */
export function escapeText(text: string): string {
  return text.replace(unsafe, (character) => (character === "\t" || character === "\n" ? character : `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`));
}

/** {@link escapeText} that leaves JSON what it says: outside of strings it has no such characters. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (character) => Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""));
}

/** How bytes that look compressed were read: as wsdump does, gzip first, then zlib, then raw DEFLATE. */
export interface Shown {
  readonly text: string;
  readonly encoding: "utf-8" | "hex" | "gzip" | "zlib" | "deflate";
}

/** Bytes for eyes. @param hex always in hex. */
export function showBytes(bytes: Uint8Array, hex = false): Shown {
  if (hex) return { text: toHex(bytes), encoding: "hex" };
  for (const [encoding, inflate] of inflaters) {
    const text = inflated(bytes, inflate);
    if (text !== undefined) return { text: escapeText(text), encoding };
  }
  const text = decode(bytes);
  return text === undefined || hasControls(text) ? { text: toHex(bytes), encoding: "hex" } : { text: escapeText(text), encoding: "utf-8" };
}

const inflaters = [["gzip", gunzipSync], ["zlib", inflateSync], ["deflate", inflateRawSync]] as const;

/** Only what begins as such data does is tried: anything may be raw DEFLATE by accident. */
function inflated(bytes: Uint8Array, inflate: typeof gunzipSync): string | undefined {
  if (bytes.length < 8) return undefined;
  try {
    const text = decode(inflate(bytes, { maxOutputLength: MAX_INFLATED_BYTES }));
    return text === undefined || text === "" || hasControls(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function hasControls(text: string): boolean {
  return /[^\P{Cc}\t\n\r]/u.test(text);
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").replace(/(..)(?=.)/g, "$1 ");
}
