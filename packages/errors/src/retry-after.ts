/**
 * When a peer asks to be left alone for a while: the `Retry-After` header, RFC 9110 §10.2.3.
 *
 * Room: errors.
 */
import { isObject } from "./description.js";

/** Longest `Retry-After` that is waited for by default. */
export const DEFAULT_MAX_RETRY_AFTER_MS = 120_000;

/** Causes that are looked at. */
const MAX_DEPTH = 8;

/**
 * @param wallNowMs the time of day, for a header that names a moment; default: now. The answer's own `Date` header goes first.
 * @returns how long the peer asks to wait, in milliseconds: the `retryAfterMs` of `error`, else the `retry-after` of its `headers`,
 *   else of its cause; `undefined` when nobody asks.
 */
export function retryAfterMs(error: unknown, wallNowMs: number = Date.now()): number | undefined {
  let at = error;
  for (let depth = 0; depth < MAX_DEPTH && isObject(at); depth++) {
    const { retryAfterMs: statedMs, headers, cause } = at;
    if (typeof statedMs === "number" && statedMs >= 0) return statedMs;
    const askedMs = isObject(headers) ? fromHeaders(headers, wallNowMs) : undefined;
    if (askedMs !== undefined) return askedMs;
    at = cause;
  }
  return undefined;
}

function fromHeaders(headers: object, wallNowMs: number): number | undefined {
  const asked = header(headers, "retry-after").trim();
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1000;
  const untilMs = /[a-z]/i.test(asked) ? Date.parse(asked) : Number.NaN; // Date.parse() takes bare numbers for years
  if (Number.isNaN(untilMs)) return undefined;
  const sentMs = Date.parse(header(headers, "date"));
  return Math.max(0, untilMs - (Number.isNaN(sentMs) ? wallNowMs : sentMs));
}

/** @returns the field's first value; empty where there is none. */
function header(headers: object, name: string): string {
  const [, field] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  const value: unknown = Array.isArray(field) ? field[0] : field;
  return typeof value === "string" ? value : "";
}
