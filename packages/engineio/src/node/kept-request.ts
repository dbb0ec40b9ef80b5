/**
 * The request that opened a session, for as long as the session lives: its text, of which a request is made again on demand.
 *
 * Room: engineio node. An IncomingMessage is a stream with all its machinery, about a third of what an idle connection would weigh.
 */
import { IncomingMessage, type IncomingHttpHeaders } from "node:http";

/** What is left to be told of a request that has been answered. An IncomingMessage tells it, too. */
export type RequestHead = Pick<IncomingMessage, "url" | "headers" | "socket">;

/** Nothing that a request's fields consist of holds a line feed (RFC 9112 §5). */
const BETWEEN = "\n";

export class KeptRequest {
  readonly #method: string | undefined;
  readonly #url: string | undefined;
  readonly #httpVersionMajor: number;
  readonly #httpVersionMinor: number;
  readonly #fields: string;
  readonly #socket: IncomingMessage["socket"];

  constructor({ method, url, httpVersionMajor, httpVersionMinor, rawHeaders, socket }: IncomingMessage) {
    this.#method = method;
    this.#url = url;
    this.#httpVersionMajor = httpVersionMajor;
    this.#httpVersionMinor = httpVersionMinor;
    this.#fields = rawHeaders.join(BETWEEN); // one flat string: a sum of strings would keep them all
    this.#socket = socket;
  }

  read(): RequestHead {
    return { url: this.#url, headers: headersOf(this.#rawHeaders), socket: this.#socket };
  }

  /** @returns a request with the same content on the same connection, its body read. */
  restore(): IncomingMessage {
    const [method, url, httpVersionMajor, httpVersionMinor] = [this.#method, this.#url, this.#httpVersionMajor, this.#httpVersionMinor];
    const httpVersion = `${httpVersionMajor}.${httpVersionMinor}`;
    const rawHeaders = this.#rawHeaders;
    const headers = headersOf(rawHeaders);
    const headersDistinct = distinctHeadersOf(rawHeaders);
    const request = new IncomingMessage(this.#socket);
    Object.assign(request, { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders, headers, headersDistinct, complete: true });
    request.push(null);
    return request;
  }

  get #rawHeaders(): string[] {
    return this.#fields === "" ? [] : this.#fields.split(BETWEEN);
  }
}

/** @returns what stands for `request` while nobody asks for it: itself where its text would not say all that there is to it. */
export function keep(request: IncomingMessage): IncomingMessage | KeptRequest {
  const isPlain = Object.getPrototypeOf(request) === IncomingMessage.prototype;
  const isJoined = "joinDuplicateHeaders" in request && request.joinDuplicateHeaders === true;
  return isPlain && !isJoined ? new KeptRequest(request) : request;
}

/** Fields of which only the first counts; the values of all others are joined (Node's documentation of `message.headers`). */
const single: ReadonlySet<string> = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since", "if-unmodified-since",
  "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after", "server", "user-agent",
]);

function headersOf(rawHeaders: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of fieldsOf(rawHeaders)) {
    const before = headers[name];
    if (name === "set-cookie") (headers[name] ??= []).push(value);
    else if (typeof before !== "string") headers[name] = value;
    else if (!single.has(name)) headers[name] = before + (name === "cookie" ? "; " : ", ") + value;
  }
  return headers;
}

function distinctHeadersOf(rawHeaders: readonly string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of fieldsOf(rawHeaders)) (headers[name] ??= []).push(value);
  return headers;
}

function* fieldsOf(rawHeaders: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) yield [(rawHeaders[at] ?? "").toLowerCase(), rawHeaders[at + 1] ?? ""];
}
