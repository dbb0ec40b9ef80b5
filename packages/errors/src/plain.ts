/**
 * Any value as bounded plain data: what `details` and attributes of errors look like in a log.
 *
 * Room: errors. Strings are escaped and cut, bytes become their length, secrets (by key) become `[redacted]`.
 */
import { safeText } from "./safe-text.js";

/** Longest string, most entries of one object or list, deepest nesting. */
const MAX_TEXT = 256;
const MAX_ENTRIES = 32;
const MAX_DEPTH = 3;
const secretKey = /auth|cookie|token|secret|passw|credential|api[-_]?key|private|session|signature|^key$/i;

/** @returns a record with at most {@link MAX_ENTRIES} of `entries`, later ones winning, every value plain. */
export function plainRecord(entries: readonly (readonly [string, unknown])[], depth = 0): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entries
    .filter(([, value]) => value !== undefined && typeof value !== "function" && typeof value !== "symbol")
    .slice(0, MAX_ENTRIES)
    .map(([key, value]) => [safeText(key, MAX_TEXT), secretKey.test(key) ? "[redacted]" : plain(value, depth + 1)]));
}

function plain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string": return safeText(value, MAX_TEXT);
    case "boolean": return value;
    case "number": return Number.isFinite(value) ? value : String(value);
    case "bigint": return safeText(String(value), MAX_TEXT);
    case "object": return value === null ? null : plainObject(value, depth);
    default: return undefined;
  }
}

function plainObject(value: object, depth: number): unknown {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Error) return safeText(`${value.name}: ${value.message}`, MAX_TEXT);
  if (depth > MAX_DEPTH) return "[deeper]";
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item: unknown) => plain(item, depth + 1));
  return plainRecord(Object.entries(value), depth);
}
