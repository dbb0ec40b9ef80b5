/**
 * Errors, and whatever they carry, as plain data for logs: bounded, cycle-safe, escaped, without secrets.
 *
 * Room: errors. Reads any thrown value, of any copy of this package, of the system or of an application; never throws.
 */
import { safeText } from "./safe-text.js";

/** Plain data: what `JSON.stringify` writes out without surprises. */
export type Description = Readonly<Record<string, unknown>>;

/** Deepest nesting, the chain of causes included; what lies deeper is `[…]`. */
export const MAX_DEPTH = 8;
/** Most entries of one object or list, and most objects of one description. */
export const MAX_ENTRIES = 32;
/** Longest string. A message may be as long as {@link MAX_MESSAGE_LENGTH}. */
const MAX_TEXT = 256;
export const MAX_MESSAGE_LENGTH = 1024;

const secretKey = /auth|cookie|token|secret|passw|credential|api.?key|private|session|signature|^key$/i;

/**
 * @returns what is worth logging of `thrown`: of an error of ours name, message, everything it carries and the causes;
 *   of any other error name, message, `code`, and causes; of anything else its type and text.
 */
export function describeError(thrown: unknown): Description {
  const description = describe(thrown, new Set());
  return isObject(description) ? description : { name: typeof thrown, message: description };
}

/** @returns `record` bounded, escaped and without secrets. */
export function describeRecord(record: Description): Description {
  return Object.fromEntries(entriesOf(Object.entries(record), new Set(), 0));
}

/** Each object is written out once, so that neither a cycle nor a graph can grow into a tree without end. */
function describe(value: unknown, seen: Set<unknown>, depth = 0): unknown {
  if (typeof value === "string") return safeText(value, MAX_TEXT);
  if (typeof value === "bigint") return safeText(String(value), MAX_TEXT);
  if (!isObject(value)) return typeof value === "symbol" || typeof value === "function" ? undefined : value;
  if (seen.has(value) || seen.size >= MAX_ENTRIES || depth > MAX_DEPTH) return "[…]";
  seen.add(value);
  try {
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item: unknown) => describe(item, seen, depth + 1));
    if (value instanceof Error) return describeFailure(value, seen, depth);
    if (hasToJson(value)) return describe(value.toJSON(), seen, depth + 1);
    return Object.fromEntries(entriesOf(Object.entries(value), seen, depth));
  } catch {
    return "[unreadable]";
  }
}

function describeFailure(error: Error & Description, seen: Set<unknown>, depth: number): Description {
  const { name, message, code, cause, errors } = error;
  return Object.fromEntries([
    ["name", safeText(name, MAX_TEXT)],
    ["message", safeText(message, MAX_MESSAGE_LENGTH)],
    ...entriesOf([...("layer" in error ? Object.entries(error) : [["code", code] as const]), ["errors", errors], ["cause", cause]], seen, depth),
  ]);
}

function entriesOf(entries: readonly (readonly [string, unknown])[], seen: Set<unknown>, depth: number): [string, unknown][] {
  return entries
    .filter(([, value]) => value !== undefined)
    .slice(0, MAX_ENTRIES)
    .map(([key, value]) => [safeText(key, MAX_TEXT), secretKey.test(key) ? "[redacted]" : describe(value, seen, depth + 1)]);
}

/** Dates, URLs and the like. */
function hasToJson(value: object): value is { toJSON(): unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}

export function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === "object" && value !== null;
}
