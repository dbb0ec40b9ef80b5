/**
 * The server's side of the opening handshake (RFC 6455 §4.2): a parsed request in, a verdict out.
 *
 * Room: simple-ws core. Writes nothing; its texts are the answers' heads and bodies.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { WebSocketException } from "@x/errors/wsframe";
import { acceptExtensions, type AgreedExtensions, type ExtensionFactory } from "@x/wsframe";
import { fieldOf, formatHeaders, hasListMember, isToken, listMembers, type HeadersInput } from "./headers.js";
import { isSameOrigin } from "./origin.js";

/** As much of a request as the handshake looks at. `node:http`'s IncomingMessage is one; names of headers are in lower case. */
export interface UpgradeRequest {
  readonly method?: string | undefined;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names and values in turns, as they came: of fields that may stand once only, `headers` shows one. */
  readonly rawHeaders?: readonly string[];
}

/**
 * Which browser pages may connect. Requests without an `Origin` header are not from a browser and pass.
 * `"same-origin"`: the page's host and port are those of the `Host` header. A list: exactly these origins
 * (`https://example.com`). `"*"`: every page, which with cookies means every page's user.
 */
export type OriginPolicy = "same-origin" | "*" | readonly string[] | ((origin: string, request: UpgradeRequest) => boolean);

/** What is answered instead of 101. */
export interface Refusal {
  /** 300 to 599; anything else is answered with 500. */
  readonly statusCode: number;
  /** Plain text; without it the status's own words. */
  readonly body?: string;
  readonly headers?: HeadersInput;
}

export interface UpgradePolicy {
  readonly origin: OriginPolicy;
  /** @returns one of `offered`, or `undefined` for none. */
  readonly chooseSubprotocol: (offered: readonly string[]) => string | undefined;
  /** What may be agreed on, in this order; see {@link checkFactories}. */
  readonly extensions: readonly ExtensionFactory[];
  /** Whether to read `rawHeaders`, because nobody has changed `headers`, which cost as much as the rest of the handshake to make. */
  readonly isRaw?: boolean;
}

export interface Acceptance {
  readonly kind: "accept";
  readonly key: string;
  /** "" for none. */
  readonly protocol: string;
  readonly extensions: AgreedExtensions | undefined;
}

export type Verdict =
  | Acceptance
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly why: string };

/** §4.2.1, §4.2.2 and, for browsers, §10.2. */
export function judgeUpgrade(request: UpgradeRequest, policy: UpgradePolicy): Verdict {
  const isRaw = policy.isRaw === true;
  const fault = faultOf(request, isRaw);
  if (fault !== undefined) return fault;
  const origin = field(request, "origin", isRaw);
  if (origin !== undefined && !isAllowed(origin, request, policy)) return refuse(403, `origin ${JSON.stringify(origin.slice(0, 200))} is not allowed`);
  const offered = field(request, "sec-websocket-protocol", isRaw);
  if (offered === undefined) return accept(request, "", policy);
  const names = listMembers(offered);
  if (names.length === 0 || !names.every(isToken)) return refuse(400, "Sec-WebSocket-Protocol is malformed");
  const chosen = policy.chooseSubprotocol(names);
  if (chosen !== undefined && !names.includes(chosen)) {
    throw new SimpleWebsocketError("Cannot accept: the chosen subprotocol was not offered, must be one of the client's", { code: "simple-ws/invalid-option" });
  }
  return accept(request, chosen ?? "", policy);
}

function faultOf(request: UpgradeRequest, isRaw: boolean): Verdict | undefined {
  if (request.method !== "GET") return refuse(405, "method is not GET", { Allow: "GET" });
  if (request.httpVersion !== "1.1" && !(Number(request.httpVersion) > 1.1)) return refuse(400, "HTTP version is below 1.1");
  if (!hasListMember(field(request, "upgrade", isRaw), "websocket")) return refuse(400, "Upgrade is not websocket");
  if (!hasListMember(field(request, "connection", isRaw), "upgrade")) return refuse(400, "Connection does not hold Upgrade");
  if (field(request, "host", isRaw) === undefined) return refuse(400, "Host is missing");
  if (standsTwice(request, "host")) return refuse(400, "Host stands twice"); // RFC 9112 §3.2
  if (hasBody(request, isRaw)) return refuse(400, "request has a body"); // which an intermediary may have seen as such: it must not become frames
  const key = field(request, "sec-websocket-key", isRaw);
  if (key === undefined || !/^[+/0-9A-Za-z]{21}[AQgw]==$/.test(key)) return refuse(400, "Sec-WebSocket-Key is not 16 bytes in base64");
  if (field(request, "sec-websocket-version", isRaw)?.trim() !== "13") return refuse(426, "Sec-WebSocket-Version is not 13");
  return undefined;
}

function standsTwice({ rawHeaders = [] }: UpgradeRequest, wanted: string): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]?.length === wanted.length && rawHeaders[at]?.toLowerCase() === wanted) count++;
  return count > 1;
}

/** RFC 9112 §6: what announces one. */
function hasBody(request: UpgradeRequest, isRaw: boolean): boolean {
  return field(request, "transfer-encoding", isRaw) !== undefined || (field(request, "content-length", isRaw) ?? "0") !== "0";
}

function accept(request: UpgradeRequest, protocol: string, { extensions, isRaw = false }: UpgradePolicy): Verdict {
  const key = field(request, "sec-websocket-key", isRaw) ?? "";
  const offered = extensions.length === 0 ? undefined : field(request, "sec-websocket-extensions", isRaw);
  if (offered === undefined) return { kind: "accept", key, protocol, extensions: undefined };
  try {
    return { kind: "accept", key, protocol, extensions: acceptExtensions(extensions, offered) };
  } catch (error) {
    if (error instanceof WebSocketException) return refuse(400, "Sec-WebSocket-Extensions is malformed");
    throw error;
  }
}

function refuse(statusCode: number, why: string, headers: HeadersInput = {}): Verdict {
  return { kind: "refuse", why, refusal: { statusCode, body: `${why}\n`, headers } };
}

function isAllowed(origin: string, request: UpgradeRequest, { origin: policy, isRaw = false }: UpgradePolicy): boolean {
  if (policy === "*") return true;
  if (policy === "same-origin") return isSameOrigin(origin, field(request, "host", isRaw));
  return typeof policy === "function" ? isTrue(policy(origin, request)) : policy.includes(origin);
}

/** A promise is none: an asynchronous policy would allow everybody. */
function isTrue(verdict: unknown): boolean {
  return verdict === true;
}

/** @returns a field's value, whatever form its repetitions have. */
function field(request: UpgradeRequest, name: string, isRaw: boolean): string | undefined {
  if (isRaw && request.rawHeaders !== undefined) return fieldOf(request.rawHeaders, name);
  const value = request.headers[name];
  return typeof value === "object" ? value.join(", ") : value;
}

/** The head of a 101 (§4.2.2, item 5). @throws {SimpleWebsocketError} `simple-ws/invalid-argument`. */
export function formatAcceptance(accept: string, { protocol, extensions }: Omit<Acceptance, "kind" | "key">, headers: HeadersInput | undefined): string {
  const chosen = protocol === "" ? "" : `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  const agreed = extensions === undefined ? "" : `Sec-WebSocket-Extensions: ${extensions.field}\r\n`;
  const others = headers === undefined ? "" : formatHeaders(headers);
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${chosen}${agreed}${others}\r\n`;
}

const phrases: ReadonlyMap<number, string> = new Map([
  [400, "Bad Request"], [401, "Unauthorized"], [403, "Forbidden"], [404, "Not Found"], [405, "Method Not Allowed"],
  [408, "Request Timeout"], [410, "Gone"], [426, "Upgrade Required"], [429, "Too Many Requests"],
  [500, "Internal Server Error"], [503, "Service Unavailable"],
]);

/**
 * A whole answer that refuses, after which TCP ends. `byteLength` measures the body in UTF-8.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: a header that must not be sent, or a status that does not refuse.
 */
export function formatRefusal(refusal: Refusal, byteLength: (text: string) => number): string {
  if (!(Number.isInteger(refusal.statusCode) && refusal.statusCode >= 300 && refusal.statusCode <= 599)) {
    throw new SimpleWebsocketError(`Cannot refuse: status is ${String(refusal.statusCode).slice(0, 40)}, must be 300 to 599`, { code: "simple-ws/invalid-argument" });
  }
  const phrase = phrases.get(refusal.statusCode) ?? "Refused";
  const body = refusal.body ?? `${phrase}\n`;
  const upgrade = refusal.statusCode === 426 ? "Upgrade: websocket\r\n" : ""; // RFC 9110 §15.5.22
  const version = refusal.statusCode === 426 ? "Sec-WebSocket-Version: 13\r\n" : ""; // RFC 6455 §4.2.2
  return `HTTP/1.1 ${refusal.statusCode} ${phrase}\r\n${upgrade}${version}Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`
    + `Content-Length: ${byteLength(body)}\r\n${formatHeaders(refusal.headers ?? {})}\r\n${body}`;
}
