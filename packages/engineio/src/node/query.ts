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
  for (const [key, value] of new URLSearchParams(target.slice(start + 1))) query[key] ??= value;
  return query;
}
