/**
 * Values of events as a person types and reads them: JSON, one after another, and bytes as `hex:00ff` or `base64:AP8=`.
 */
import { escapeText } from "./payload.js";

export type Parsed = { readonly values: readonly unknown[] } | { readonly mistake: string };

/** Bytes that are shown; of more than these only the beginning and the count. */
const MAX_SHOWN_BYTES = 64;

const string = /"(?:[^"\\]|\\.)*"/y;
const word = /(?:-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null)(?=[\s,]|$)/iy;
const hex = /hex:((?:[0-9a-f]{2})*)(?=[\s,]|$)/iy;
const base64 = /base64:([A-Za-z0-9+/_-]*={0,2})(?=[\s,]|$)/y;
const gap = /[\s,]*/y;

/** Values one after another, with blanks or commas between; what is no such thing at all is one string, so that `say hello there` works. */
export function parseValues(text: string): Parsed {
  const values: unknown[] = [];
  for (let at = skip(gap, text, 0); at < text.length; at = skip(gap, text, at)) {
    const next = valueAt(text, at);
    if (next === undefined) return /^["[{]/.test(text.trim()) || values.length > 0 ? { mistake: `This is no JSON value: ${text.slice(at, at + 40)}` } : { values: [text.trim()] };
    values.push(next.value);
    at = next.end;
  }
  return { values };
}

export interface EventLine {
  readonly event: string;
  readonly args: readonly unknown[];
}

/** `name value value …`, or an array as it goes over the wire: `["name", value, …]`. */
export function parseEvent(line: string): EventLine | { readonly mistake: string } {
  const text = line.trim();
  if (text.startsWith("[")) return wholeOf(text);
  const name = matchAt(string, text, 0) ?? /^\S*/.exec(text)?.[0] ?? "";
  const event = name.startsWith("\"") ? parsed(name)?.value : name;
  if (typeof event !== "string" || event === "") return { mistake: "An event needs a name: name value value …; /help shows how" };
  const args = parseValues(text.slice(name.length));
  return "mistake" in args ? args : { event, args: args.values };
}

function wholeOf(text: string): EventLine | { readonly mistake: string } {
  const whole = parsed(text)?.value;
  if (!Array.isArray(whole) || typeof whole[0] !== "string") return { mistake: "This is no event: [\"name\", value, …]" };
  const [event, ...args] = whole as [string, ...unknown[]];
  return { event, args };
}

/** Values for eyes, on one line; what could drive a terminal is spelled out. */
export function showValues(values: readonly unknown[]): string {
  return values.map((value) => (value instanceof Uint8Array ? showBytes(value) : value === undefined ? "undefined" : escapeText(JSON.stringify(value, readable)))).join(" ");
}

/** Values for programs: bytes as `{ "base64": … }`. */
export function withBase64(values: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(values, function (this: Readonly<Record<string, unknown>>, key: string, value: unknown) {
    const original = this[key];
    return original instanceof Uint8Array ? { base64: Buffer.from(original).toString("base64") } : value;
  }));
}

/** Bytes inside of objects. Buffers have become something else before a replacer sees them, but not in their holder. */
function readable(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Uint8Array ? showBytes(original) : value;
}

function showBytes(bytes: Uint8Array): string {
  const shown = `hex:${Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)).toString("hex")}`;
  return bytes.length > MAX_SHOWN_BYTES ? `${shown}… (${bytes.length} bytes)` : shown;
}

interface Value {
  readonly value: unknown;
  readonly end: number;
}

function valueAt(text: string, at: number): Value | undefined {
  const bytes = bytesAt(text, at);
  if (bytes !== undefined) return bytes;
  const source = matchAt(string, text, at) ?? matchAt(word, text, at) ?? nestedAt(text, at);
  const found = source === undefined ? undefined : parsed(source);
  return source === undefined || found === undefined ? undefined : { value: found.value, end: at + source.length };
}

function bytesAt(text: string, at: number): Value | undefined {
  for (const [pattern, encoding] of [[hex, "hex"], [base64, "base64"]] as const) {
    const source = matchAt(pattern, text, at);
    if (source !== undefined) return { value: Buffer.from(source.slice(source.indexOf(":") + 1), encoding), end: at + source.length };
  }
  return undefined;
}

/** An array or object: as far as its brackets reach, those in strings not counted. */
function nestedAt(text: string, at: number): string | undefined {
  if (text[at] !== "{" && text[at] !== "[") return undefined;
  let depth = 0;
  for (let end = at; end < text.length; end++) {
    const character = text[end] ?? "";
    if (character === "\"") end += (matchAt(string, text, end)?.length ?? 1) - 1;
    else if ("{[".includes(character)) depth++;
    else if ("}]".includes(character) && --depth === 0) return text.slice(at, end + 1);
  }
  return undefined;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (matchAt(pattern, text, at)?.length ?? 0);
}

function parsed(source: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(source) as unknown };
  } catch {
    return undefined;
  }
}
