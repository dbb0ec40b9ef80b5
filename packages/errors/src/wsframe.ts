/**
 * websocket-client's family of errors: what frames, handshakes, proxies and addresses fail with.
 *
 * Room: errors. The sentences of the codes are in `codes/wsframe.ts`, which a bundle carries only where it is used.
 */
import type { wsframeCodes } from "./codes/wsframe.js";
import { TransportError, type AppCode, type Kind, type TransportErrorOptions } from "./transport-error.js";

export { wsframeCodes } from "./codes/wsframe.js";

export type WsframeCode = keyof typeof wsframeCodes;
type FamilyKind = Kind & { readonly code: WsframeCode | AppCode };

export interface WebSocketExceptionOptions extends TransportErrorOptions {
  readonly code?: WsframeCode | AppCode | undefined;
}

/** HTTP headers by lower-case name. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;
/** Who ended a connection: this side, the peer, or neither. */
export type Initiator = "local" | "remote" | "network";

/** Base of everything that the WebSocket protocol itself reports. */
export class WebSocketException extends TransportError {
  static override readonly name: string = "WebSocketException";
  static override readonly kind: FamilyKind = { code: "wsframe/error" };
  declare readonly code: WsframeCode | AppCode;
  override readonly layer = "wsframe" as const;

  constructor(message?: string, options: WebSocketExceptionOptions = {}) {
    super(message, options);
  }
}

/** The peer broke a rule of framing or of the handshake (RFC 6455 §5, §4). The connection is closed with 1002. */
export class WebSocketProtocolException extends WebSocketException {
  static override readonly name: string = "WebSocketProtocolException";
  static override readonly kind: FamilyKind = { code: "wsframe/protocol-error", closeCode: 1002 };
}

/** Invalid UTF-8 (close code 1007), or a message over its limit (close code 1009). */
export class WebSocketPayloadException extends WebSocketException {
  static override readonly name: string = "WebSocketPayloadException";
  static override readonly kind: FamilyKind = { code: "wsframe/invalid-utf8", closeCode: 1007 };
}

export interface WebSocketConnectionClosedExceptionOptions extends WebSocketExceptionOptions {
  readonly reason?: string | undefined;
  readonly wasClean?: boolean | undefined;
  readonly initiator?: Initiator | undefined;
}

/** An operation on a closed connection, or the remote end is lost. Retryable unless the close code is final. */
export class WebSocketConnectionClosedException extends WebSocketException {
  static override readonly name: string = "WebSocketConnectionClosedException";
  static override readonly kind: FamilyKind = { code: "wsframe/connection-closed", closeCode: 1006, retryable: true };
  /** The text of the Close frame. */
  readonly reason: string;
  readonly wasClean: boolean;
  readonly initiator: Initiator;

  constructor(message?: string, options: WebSocketConnectionClosedExceptionOptions = {}) {
    super(message, options);
    this.reason = options.reason ?? "";
    this.wasClean = options.wasClean ?? false;
    this.initiator = options.initiator ?? "network";
  }
}

export type TimeoutPhase = "dns" | "connect" | "proxy" | "tls" | "handshake" | "read" | "write" | "ping" | "close";

export interface WebSocketTimeoutExceptionOptions extends WebSocketExceptionOptions {
  readonly phase?: TimeoutPhase | undefined;
  readonly afterMs?: number | undefined;
}

/** A phase took longer than its limit. */
export class WebSocketTimeoutException extends WebSocketException {
  static override readonly name: string = "WebSocketTimeoutException";
  static override readonly kind: FamilyKind = { code: "wsframe/timeout", retryable: true };
  readonly phase: TimeoutPhase | undefined;
  readonly afterMs: number | undefined;

  constructor(message?: string, options: WebSocketTimeoutExceptionOptions = {}) {
    super(message, options);
    this.phase = options.phase;
    this.afterMs = options.afterMs;
  }
}

export type ProxyStage = "resolve" | "connect" | "auth" | "tunnel";

export interface WebSocketProxyExceptionOptions extends WebSocketExceptionOptions {
  readonly stage?: ProxyStage | undefined;
  /** The same as `httpStatus`. */
  readonly statusCode?: number | undefined;
  readonly headers?: HeaderMap | undefined;
}

/** Anything that fails at or because of a proxy, SOCKS included. */
export class WebSocketProxyException extends WebSocketException {
  static override readonly name: string = "WebSocketProxyException";
  static override readonly kind: FamilyKind = { code: "wsframe/proxy-failed", retryable: true };
  readonly stage: ProxyStage | undefined;
  /** The proxy's answer. Not enumerable, so that it is not logged. */
  declare readonly headers: HeaderMap;

  constructor(message?: string, options: WebSocketProxyExceptionOptions = {}) {
    super(message, { ...options, httpStatus: options.statusCode ?? options.httpStatus });
    this.stage = options.stage;
    Object.defineProperty(this, "headers", { value: options.headers ?? {} });
  }

  get statusCode(): number | undefined {
    return this.httpStatus;
  }
}

export interface WebSocketAddressExceptionOptions extends WebSocketExceptionOptions {
  readonly host?: string | undefined;
  readonly url?: string | undefined;
}

/** The host cannot be resolved (retryable), or the URL is malformed or unsupported (`wsframe/invalid-url`, not retryable). */
export class WebSocketAddressException extends WebSocketException {
  static override readonly name: string = "WebSocketAddressException";
  static override readonly kind: FamilyKind = { code: "wsframe/address-unresolved", retryable: true };
  readonly host: string | undefined;
  readonly url: string | undefined;

  constructor(message?: string, options: WebSocketAddressExceptionOptions = {}) {
    super(message, { ...options, retryable: options.retryable ?? (options.code === "wsframe/invalid-url" ? false : undefined) });
    this.host = options.host;
    this.url = options.url;
  }
}

export interface WebSocketBadStatusExceptionOptions extends WebSocketExceptionOptions {
  /** The same as `httpStatus`. */
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly headers?: HeaderMap | undefined;
  readonly body?: string | undefined;
}

/** The handshake was answered with anything but 101. Retryable unless the status is final (401, 403, 404, 410). */
export class WebSocketBadStatusException extends WebSocketException {
  static override readonly name: string = "WebSocketBadStatusException";
  static override readonly kind: FamilyKind = { code: "wsframe/bad-status", retryable: true };
  readonly statusMessage: string;
  /** The server's answer. Not enumerable, so that it is not logged. */
  declare readonly headers: HeaderMap;
  /** The start of the answer's body. Not enumerable, so that it is not logged. */
  declare readonly body: string;

  constructor(message?: string, options: WebSocketBadStatusExceptionOptions = {}) {
    super(message, { ...options, httpStatus: options.statusCode ?? options.httpStatus });
    this.statusMessage = options.statusMessage ?? "";
    Object.defineProperties(this, { headers: { value: options.headers ?? {} }, body: { value: options.body ?? "" } });
  }

  /** 0 when there was no answer to take one from. */
  get statusCode(): number {
    return this.httpStatus ?? 0;
  }

  /**
   * Whether the server, or a proxy before it, wants other credentials than it got: 401, 403, 407. What to do about other answers say
   * `retryable`, and `retryAfterMs` of `@x/errors/retry`.
   */
  get isAuth(): boolean {
    return this.statusCode === 401 || this.statusCode === 403 || this.statusCode === 407;
  }

  /** websocket-client's name of {@link headers}. */
  get respHeaders(): HeaderMap {
    return this.headers;
  }

  /** websocket-client's name of {@link body}. */
  get respBody(): string {
    return this.body;
  }
}
