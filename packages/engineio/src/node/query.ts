/**
 * The query of an Engine.IO request (protocol document §"Protocol": `EIO`, `transport`, `sid`).
 *
 * Room: engineio node.
 */

/** Keys of the first values of a URL's query; no prototype, so that no key means anything but itself. */
export type Query = Readonly<Record<string, string | undefined>>;

/** @returns the query of a request target such as `/engine.io/?EIO=4`; of a repeated key the first value. */
export function parseQuery(target: string | undefined): Query {
  const query: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  const start = target?.indexOf("?") ?? -1;
  if (target === undefined || start === -1) return query;
  for (let at = start + 1; at < target.length;) {
    const ampersand = target.indexOf("&", at);
    const end = ampersand === -1 ? target.length : ampersand;
    if (end > at) add(query, target.slice(at, end));
    at = end + 1;
  }
  return query;
}

function add(query: Record<string, string | undefined>, pair: string): void {
  const equals = pair.indexOf("=");
  const key = decode(equals === -1 ? pair : pair.slice(0, equals));
  query[key] ??= equals === -1 ? "" : decode(pair.slice(equals + 1));
}

/** Hardly ever is there anything to decode, and URLSearchParams is slow. */
function decode(text: string): string {
  return text.includes("%") || text.includes("+") ? (new URLSearchParams(`x=${text}`).get("x") ?? "") : text;
}
