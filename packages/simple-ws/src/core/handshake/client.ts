/**
 * The client's side of the opening handshake (RFC 6455 §4.1): the request to write, and the answer's bytes read and judged.
 *
 * Room: simple-ws core. Knows no socket; the accept hash is computed by the caller's port and handed in. Sizes are bytes.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { WebSocketBadStatusException, WebSocketConnectionClosedException, WebSocketException } from "@x/errors/wsframe";
import { agreeExtensions, offerExtensions, type AgreedExtensions, type ExtensionFactory } from "@x/wsframe";
import { ErrorBody } from "./error-body.js";
import { badHandshake, formatHeaders, hasListMember, HeadReader, isToken, type Headers, type HeadersInput, type HeadLimits, type ResponseHead } from "./headers.js";
import type { WebSocketUrl } from "../url.js";

export interface ClientHandshakeLimits extends HeadLimits {
  /** How much of a refusal's body is kept for {@link WebSocketBadStatusException.body}. */
  readonly maxErrorBodyBytes: number;
}

export interface RequestOptions {
  /** 16 random bytes in base64. */
  readonly key: string;
  readonly subprotocols: readonly string[];
  /** Offered in this order; see {@link checkFactories}. */
  readonly extensions: readonly ExtensionFactory[];
  readonly headers: HeadersInput;
  /** The `Origin` header; none by default, which is what programs that are no browser send. */
  readonly origin: string | undefined;
  /** The `Host` header instead of the URL's. */
  readonly host: string | undefined;
  /** `user:password` in base64. */
  readonly basicAuthorization: string | undefined;
}

/**
 * @returns the request, head and nothing more.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-argument` for a subprotocol that is no token
 *   or is named twice.
 */
export function formatRequest(url: WebSocketUrl, options: RequestOptions): string {
  checkSubprotocols(options.subprotocols);
  const extra = formatHeaders(options.headers);
  const optional = formatHeaders({
    origin: options.origin,
    authorization: options.basicAuthorization === undefined || /^authorization:/im.test(extra) ? undefined : `Basic ${options.basicAuthorization}`,
    host: /^host:/im.test(extra) ? undefined : options.host ?? url.authority,
  });
  const offer = offerExtensions(options.extensions);
  const extensions = offer === undefined ? "" : `Sec-WebSocket-Extensions: ${offer}\r\n`;
  const protocols = options.subprotocols.length === 0 ? "" : `Sec-WebSocket-Protocol: ${options.subprotocols.join(", ")}\r\n`;
  return `GET ${url.resource} HTTP/1.1\r\n${optional}Upgrade: websocket\r\nConnection: Upgrade\r\n`
    + `Sec-WebSocket-Key: ${options.key}\r\nSec-WebSocket-Version: 13\r\n${protocols}${extensions}${extra}\r\n`;
}

function checkSubprotocols(subprotocols: readonly string[]): void {
  for (const name of subprotocols) {
    if (isToken(name) && subprotocols.indexOf(name) === subprotocols.lastIndexOf(name)) continue;
    throw new SimpleWebsocketError(`Cannot offer subprotocol ${JSON.stringify(name.slice(0, 60))}: must be a token, named once`, { code: "simple-ws/invalid-argument" });
  }
}

/** As much of {@link RequestOptions} as the answer is judged by. */
export type Offer = Pick<RequestOptions, "subprotocols" | "extensions">;

/** How a handshake ended, or that it has not. */
export type HandshakeOutcome =
  | { readonly kind: "pending" }
  | { readonly kind: "open"; readonly protocol: string; readonly extensions: AgreedExtensions | undefined; readonly headers: Headers; /** First bytes of frames. */ readonly rest: Uint8Array }
  | { readonly kind: "failed"; readonly error: WebSocketException };

type Phase =
  | { readonly kind: "head"; readonly reader: HeadReader }
  | { readonly kind: "body"; readonly head: ResponseHead; readonly body: ErrorBody }
  | { readonly kind: "over"; readonly outcome: HandshakeOutcome };

const PENDING: HandshakeOutcome = { kind: "pending" };

/** Reads the answer. Never throws for what the peer sent; every method answers with the {@link HandshakeOutcome} so far. */
export class ClientHandshake {
  readonly #offer: Offer;
  readonly #accept: string;
  readonly #limits: ClientHandshakeLimits;
  #phase: Phase;

  /** @param accept what the server must answer to our key (§4.1, item 4). */
  constructor(accept: string, offer: Offer, limits: ClientHandshakeLimits) {
    this.#accept = accept;
    this.#offer = offer;
    this.#limits = limits;
    this.#phase = { kind: "head", reader: new HeadReader(limits) };
  }

  receive(chunk: Uint8Array): HandshakeOutcome {
    try {
      switch (this.#phase.kind) {
        case "head": return this.#readHead(this.#phase.reader, chunk);
        case "body": return this.#readBody(this.#phase.head, this.#phase.body, chunk);
        case "over": return this.#phase.outcome;
      }
    } catch (error) {
      return this.#settle({ kind: "failed", error: exceptionOf(error) });
    }
  }

  /** The peer's FIN, a lost network, or the deadline: a refusal whose body is incomplete is still a refusal. */
  receiveEnd(error?: WebSocketException): HandshakeOutcome {
    switch (this.#phase.kind) {
      case "head": {
        const lost = new WebSocketConnectionClosedException("Cannot open: connection ended during the handshake", { code: "wsframe/connection-lost", initiator: "network" });
        return this.#settle({ kind: "failed", error: error ?? lost });
      }
      case "body": return this.#refused(this.#phase.head, this.#phase.body);
      case "over": return this.#phase.outcome;
    }
  }

  #readHead(reader: HeadReader, chunk: Uint8Array): HandshakeOutcome {
    let read = reader.read(chunk);
    let rest = chunk.subarray(read?.used);
    while (read !== undefined && read.head.statusCode < 200 && read.head.statusCode !== 101) { // RFC 9110 §15.2: another will follow
      read = reader.read(rest);
      rest = rest.subarray(read?.used);
    }
    if (read === undefined) return PENDING;
    if (read.head.statusCode === 101) {
      return this.#settle({ kind: "open", ...this.#judge(read.head.headers), headers: read.head.headers, rest: rest.slice() });
    }
    const body = new ErrorBody(read.head, this.#limits.maxErrorBodyBytes);
    this.#phase = { kind: "body", head: read.head, body };
    return this.#readBody(read.head, body, rest);
  }

  #readBody(head: ResponseHead, body: ErrorBody, chunk: Uint8Array): HandshakeOutcome {
    return body.receive(chunk) ? this.#refused(head, body) : PENDING;
  }

  #refused(head: ResponseHead, body: ErrorBody): HandshakeOutcome {
    const { statusCode, statusMessage, headers } = head;
    const error = new WebSocketBadStatusException(`Cannot open: server answered ${statusCode}, must answer 101`, {
      code: "wsframe/bad-status", statusCode, statusMessage, headers, body: body.text(),
    });
    return this.#settle({ kind: "failed", error });
  }

  /** §4.1, items 2–6. */
  #judge(headers: Headers): { readonly protocol: string; readonly extensions: AgreedExtensions | undefined } {
    if (headers["upgrade"]?.toLowerCase() !== "websocket") throw badHandshake("Upgrade is not websocket");
    if (!hasListMember(headers["connection"], "upgrade")) throw badHandshake("Connection does not hold Upgrade");
    if (headers["sec-websocket-accept"] !== this.#accept) throw badHandshake("Sec-WebSocket-Accept does not answer our key");
    const protocol = headers["sec-websocket-protocol"];
    if (protocol !== undefined && !this.#offer.subprotocols.includes(protocol)) throw badHandshake("server chose a subprotocol that was not offered");
    const extensions = headers["sec-websocket-extensions"];
    return { protocol: protocol ?? "", extensions: extensions === undefined ? undefined : agreeExtensions(this.#offer.extensions, extensions) };
  }

  #settle(outcome: HandshakeOutcome): HandshakeOutcome {
    this.#phase = { kind: "over", outcome };
    return outcome;
  }
}

function exceptionOf(error: unknown): WebSocketException {
  if (error instanceof WebSocketException) return error;
  throw error; // not the peer's doing
}
