/**
 * The query of an Engine.IO request (protocol document §"Protocol": `EIO`, `transport`, `sid`).
 *
 * Room: engineio node.
 */

/** Keys of the first values of a URL's query; no prototype, so that no key means anything but itself. */
export type Query = Readonly<Record<string, string | undefined>>;

/** What the protocol itself asks: `j` is of clients that poll by scripts. */
export interface ProtocolQuery {
  readonly EIO: string | undefined;
  readonly transport: string | undefined;
  readonly sid: string | undefined;
  readonly j: string | undefined;
}

/** @returns the query of a request target such as `/engine.io/?EIO=4`; of a repeated key the first value. */
export function parseQuery(target: string | undefined): Query {
  const query: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  readPairs(target, (key, value) => { query[key] ??= decode(value); });
  return query;
}

/** The last target that is no client's own: with a session's id or a key of the application's it may be a secret, and is hardly ever seen twice. */
let common: string | undefined;
let commonQuery: ProtocolQuery = { EIO: undefined, transport: undefined, sid: undefined, j: undefined };

/**
 * {@link parseQuery} for every request: an object of one shape, and nothing for keys that nobody asks for. Clients that open a
 * WebSocket at once all ask for the same, which is read once then.
 */
export function parseProtocolQuery(target: string | undefined): ProtocolQuery {
  if (target === common) return commonQuery;
  const query: { -readonly [Key in keyof ProtocolQuery]: ProtocolQuery[Key] } = { EIO: undefined, transport: undefined, sid: undefined, j: undefined };
  let others = 0;
  readPairs(target, (key, value) => {
    if (key === "EIO" || key === "transport" || key === "sid" || key === "j") query[key] ??= decode(value);
    else others++;
  });
  if (others === 0 && query.sid === undefined) {
    common = target;
    commonQuery = query;
  }
  return query;
}

/** Calls `found` with each key and its value, which is encoded still. */
function readPairs(target: string | undefined, found: (key: string, value: string) => void): void {
  const start = target?.indexOf("?") ?? -1;
  if (target === undefined || start === -1) return;
  for (let at = start + 1; at < target.length;) {
    const ampersand = target.indexOf("&", at);
    const end = ampersand === -1 ? target.length : ampersand;
    const equals = target.indexOf("=", at);
    const endOfKey = equals === -1 || equals > end ? end : equals;
    if (end > at) found(decode(target.slice(at, endOfKey)), target.slice(endOfKey + 1, end));
    at = end + 1;
  }
}

/** Hardly ever is there anything to decode, and URLSearchParams is slow. */
function decode(text: string): string {
  return text.includes("%") || text.includes("+") ? (new URLSearchParams(`x=${text}`).get("x") ?? "") : text;
}
