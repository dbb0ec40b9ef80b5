/**
 * HTTP/1.1 header fields as far as an opening handshake needs them (RFC 9110 §5, RFC 9112 §2–5): what may be sent, and a
 * bounded, incremental reader for a response's head.
 *
 * Room: simple-ws core. Sizes are bytes; one byte is looked at once.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { WebSocketProtocolException } from "@x/errors/wsframe";

/** Field names in lower case. Repeated fields are joined with ", ", `set-cookie` with a line feed, which no value can hold. */
export type Headers = Readonly<Record<string, string>>;
/** Fields to send: a record, or pairs or lines ("Name: value") where one name is to appear twice. `undefined` values are left out. */
export type HeadersInput = Readonly<Record<string, string | readonly string[] | undefined>> | readonly (string | readonly [string, string])[];

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
 
const fieldValue = /^[^\u0000-\u0008\u000a-\u001f\u007f\u0100-\uffff]*$/;
/** Fields that belong to the handshake itself. */
const reserved: ReadonlySet<string> = new Set([
  "connection", "upgrade", "content-length", "transfer-encoding", "sec-websocket-key", "sec-websocket-accept",
  "sec-websocket-version", "sec-websocket-protocol", "sec-websocket-extensions",
]);

/**
 * @param rawHeaders names and values in turns, as they came.
 * @param name in lower case.
 * @returns the field's value, its repetitions joined with ", " (RFC 9110 §5.3); `undefined` where there is none.
 */
export function fieldOf(rawHeaders: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const candidate = rawHeaders[at];
    if (candidate?.length !== name.length || candidate.toLowerCase() !== name) continue;
    value = value === undefined ? rawHeaders[at + 1] : `${value}, ${rawHeaders[at + 1] ?? ""}`;
  }
  return value;
}

/** @returns whether `text` is a token of RFC 9110 §5.6.2: a header name, a subprotocol. */
export function isToken(text: string): boolean {
  return token.test(text);
}

/**
 * The lines that carry `headers`, each with its CRLF.
 *
 * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: a name that is no token, a value with CR, LF, another control
 *   character or one beyond latin1, or a field that the handshake writes itself.
 */
export function formatHeaders(headers: HeadersInput): string {
  let lines = "";
  for (const [name, value] of pairsOf(headers)) lines += formatHeader(name, value);
  return lines;
}

function* pairsOf(headers: HeadersInput): Generator<readonly [string, string]> {
  if (isList(headers)) {
    for (const field of headers) yield typeof field === "string" ? pairOf(field) : field;
    return;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    if (typeof value === "string") yield [name, value];
    else for (const one of value) yield [name, one];
  }
}

function isList(headers: HeadersInput): headers is readonly (string | readonly [string, string])[] {
  return Array.isArray(headers);
}

/** A line without a colon has no name, which is refused like every name that is no token. */
function pairOf(line: string): readonly [string, string] {
  const colon = Math.max(line.indexOf(":"), 0);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** All fields but those whose lower-case name is in `names`, as pairs. */
export function withoutHeaders(headers: HeadersInput, names: ReadonlySet<string>): readonly (readonly [string, string])[] {
  return [...pairsOf(headers)].filter(([name]) => !names.has(name.toLowerCase()));
}

function formatHeader(name: string, value: string): string {
  const shown = JSON.stringify(name.slice(0, 60));
  const refuse = (why: string): SimpleWebsocketError =>
    new SimpleWebsocketError(`Cannot send header ${shown}: ${why}`, { code: "simple-ws/invalid-argument" });
  if (!isToken(name)) throw refuse("its name must be a token");
  if (reserved.has(name.toLowerCase())) throw refuse("the handshake writes this field itself, must be another");
  if (!fieldValue.test(value)) throw refuse("its value must have no control characters and be latin1");
  return `${name}: ${value}\r\n`;
}

/** @returns whether a comma-separated field holds `wanted`, whatever its case (RFC 6455 §4.1, §4.2.1). */
export function hasListMember(field: string | undefined, wanted: string): boolean {
  if (field === undefined) return false;
  if (field.length === wanted.length) return field.toLowerCase() === wanted; // no room for a second member: what nearly everybody sends
  return listMembers(field).some((member) => member.toLowerCase() === wanted);
}

export function listMembers(field: string): string[] {
  return field.split(",").map((member) => member.trim()).filter((member) => member !== "");
}

export interface HeadLimits {
  /** Status line and header lines together. */
  readonly maxHeaderBytes: number;
  readonly maxHeaderLines: number;
}

export interface ResponseHead {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Headers;
}

/** Collects bytes up to the empty line that ends a head; then, if it is asked again, those of the next. Limits hold for all together. */
export class HeadReader {
  readonly #limits: HeadLimits;
  #bytes: Uint8Array = new Uint8Array(512);
  #length = 0;
  #lines = 0;
  #lineStart = 0;
  #headStart = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /**
   * @returns the head and how many bytes of this chunk belonged to it, or `undefined` while bytes are missing.
   * @throws {WebSocketProtocolException} `wsframe/handshake-too-long`: over a limit; `wsframe/bad-handshake`: a bare CR or LF,
   *   or no HTTP/1.1.
   */
  read(chunk: Uint8Array): { readonly head: ResponseHead; readonly used: number } | undefined {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      this.#append(byte);
      if (byte !== 0x0a || !this.#endLine()) continue;
      const head = parseHead(latin1(this.#bytes, this.#headStart, this.#length - 4));
      this.#headStart = this.#length;
      return { head, used: at + 1 };
    }
    return undefined;
  }

  #append(byte: number): void {
    if (this.#length >= this.#limits.maxHeaderBytes) throw tooLong(`${this.#limits.maxHeaderBytes} bytes`);
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** @returns whether the line that just ended was the empty one. */
  #endLine(): boolean {
    if (this.#bytes[this.#length - 2] !== 0x0d) throw badHandshake("a line ends in LF alone, must end in CRLF");
    const isEmpty = this.#length - this.#lineStart === 2;
    this.#lineStart = this.#length;
    if (isEmpty && this.#length - this.#headStart > 2) return true;
    if (this.#lines++ > this.#limits.maxHeaderLines) throw tooLong(`${this.#limits.maxHeaderLines} header lines`);
    return false;
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}

/** `text` is the head without its last two CRLFs. */
function parseHead(text: string): ResponseHead {
  const [statusLine = "", ...lines] = text.split("\r\n");
  const status = /^HTTP\/1\.[1-9] (\d{3})(?: ([^\r]*))?$/.exec(statusLine);
  if (status === null) throw badHandshake("status line is not HTTP/1.1");
  return { statusCode: Number(status[1]), statusMessage: status[2] ?? "", headers: parseFields(lines) };
}

function parseFields(lines: readonly string[]): Headers {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>; // no prototype: "__proto__" is a name like another
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!isToken(name) || !fieldValue.test(value)) throw badHandshake("a header line is malformed");
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === "set-cookie" ? "\n" : ", "}${value}`;
  }
  return headers;
}

/** A peer's opening handshake that is not one (RFC 6455 §4). */
export function badHandshake(why: string): WebSocketProtocolException {
  return new WebSocketProtocolException(`Cannot open: handshake is invalid, ${why}`, { code: "wsframe/bad-handshake" });
}

function tooLong(limit: string): WebSocketProtocolException {
  return new WebSocketProtocolException(`Cannot open: head of the answer is over ${limit}`, { code: "wsframe/handshake-too-long" });
}
