/**
 * The header fields of a client's requests: the same on polling and WebSocket.
 *
 * Room: engineio node.
 */
import type { HeadersInput } from "@x/simple-ws/client";
import type { NetworkOptions } from "./client-options.js";

/** Lower-case name → the name as given and its values. */
type Fields = Map<string, readonly [name: string, values: readonly string[]]>;

/** What stays with the origin it was given for (RFC 9110 §15.4). */
const personal: readonly string[] = ["authorization", "cookie", "proxy-authorization", "host"];

/** Which request headers are for: see the option `headers` of `@x/simple-ws`. */
export interface RequestInfo {
  readonly url: string;
  readonly redirects: number;
}

/** @returns `extraHeaders` and over them `headers`, which may be a function of the request. */
export async function mergedHeaders(extraHeaders: Readonly<Record<string, string>>, headers: NetworkOptions["headers"], request: RequestInfo): Promise<readonly (readonly [string, string])[]> {
  const fields: Fields = new Map();
  put(fields, extraHeaders);
  put(fields, typeof headers === "function" ? await headers(request) : (headers ?? {}));
  return [...fields.values()].flatMap(([name, values]) => values.map((value) => [name, value] as const));
}

/** @returns `headers` as `node:http` takes them, without what must not leave the origin; `cookies` join a `Cookie` field that is there. */
export function nodeHeaders(headers: readonly (readonly [string, string])[], cookies: readonly string[], isTrusted: boolean): Record<string, string | string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (isTrusted || !personal.includes(key)) (fields[key] ??= []).push(value);
  }
  const cookie = [...(fields["cookie"] ?? []), ...cookies].filter((one) => one !== "").join("; ");
  return { ...fields, ...(cookie === "" ? {} : { cookie }) };
}

function put(fields: Fields, headers: HeadersInput): void {
  const added: Fields = new Map();
  for (const [name, value] of pairsOf(headers)) {
    const key = name.toLowerCase();
    added.set(key, [name, [...(added.get(key)?.[1] ?? []), value]]);
  }
  for (const [key, field] of added) fields.set(key, field);
}

function pairsOf(headers: HeadersInput): readonly (readonly [string, string])[] {
  if (isList(headers)) return headers.map((field) => (typeof field === "string" ? pairOf(field) : field));
  return Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : typeof value === "string" ? [[name, value] as const] : value.map((one) => [name, one] as const)));
}

function isList(headers: HeadersInput): headers is readonly (string | readonly [string, string])[] {
  return Array.isArray(headers);
}

/** A line, "Name: value". */
function pairOf(line: string): readonly [string, string] {
  const colon = Math.max(line.indexOf(":"), 0);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
