/**
 * When a peer asks to be left alone for a while: the `Retry-After` header, RFC 9110 §10.2.3.
 *
 * Room: errors.
 */

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
  let at: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof at === "object" && at !== null; depth++) {
    if ("retryAfterMs" in at && typeof at.retryAfterMs === "number" && at.retryAfterMs >= 0) return at.retryAfterMs;
    const askedMs = "headers" in at ? fromHeaders(at.headers, wallNowMs) : undefined;
    if (askedMs !== undefined) return askedMs;
    at = "cause" in at ? at.cause : undefined;
  }
  return undefined;
}

function fromHeaders(headers: unknown, wallNowMs: number): number | undefined {
  const asked = header(headers, "retry-after")?.trim();
  if (asked === undefined || asked === "") return undefined;
  if (/^\d{1,9}$/.test(asked)) return Number(asked) * 1000;
  const untilMs = /[a-z]/i.test(asked) ? Date.parse(asked) : Number.NaN; // Date.parse() takes bare numbers for years
  if (Number.isNaN(untilMs)) return undefined;
  const sentMs = Date.parse(header(headers, "date") ?? "");
  return Math.max(0, untilMs - (Number.isNaN(sentMs) ? wallNowMs : sentMs));
}

function header(headers: unknown, name: string): string | undefined {
  if (typeof headers !== "object" || headers === null) return undefined;
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  const value: unknown = Array.isArray(found?.[1]) ? found[1][0] : found?.[1];
  return typeof value === "string" ? value : undefined;
}
