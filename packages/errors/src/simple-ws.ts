/**
 * simple-websocket's family of errors: a connection cannot be established, or has ended.
 *
 * Room: errors. The sentences of the codes are in `codes/simple-ws.ts`, which a bundle carries only where it is used.
 */
import type { simpleWsCodes } from "./codes/simple-ws.js";
import { TransportError, type AppCode, type Kind, type TransportErrorOptions } from "./transport-error.js";
import type { Initiator } from "./wsframe.js";

export { simpleWsCodes } from "./codes/simple-ws.js";
export type { Initiator } from "./wsframe.js";

export type SimpleWsCode = keyof typeof simpleWsCodes;
type FamilyKind = Kind & { readonly code: SimpleWsCode | AppCode };

export interface SimpleWebsocketErrorOptions extends TransportErrorOptions {
  readonly code?: SimpleWsCode | AppCode | undefined;
}

/** Base of everything that `@x/simple-ws` reports. */
export class SimpleWebsocketError extends TransportError {
  static override readonly name: string = "SimpleWebsocketError";
  static override readonly kind: FamilyKind = { code: "simple-ws/error" };
  declare readonly code: SimpleWsCode | AppCode;
  override readonly layer = "simple-ws" as const;

  constructor(message?: string, options: SimpleWebsocketErrorOptions = {}) {
    super(message, options);
  }
}

export interface ConnectionErrorOptions extends SimpleWebsocketErrorOptions {
  /** The same as `httpStatus`. */
  readonly statusCode?: number | undefined;
}

/** The connection cannot be established, whatever the reason; the cause is the WebSocket family's or the system's error. */
export class ConnectionError extends SimpleWebsocketError {
  static override readonly name: string = "ConnectionError";
  static override readonly kind: FamilyKind = { code: "simple-ws/connection-failed", retryable: true };

  constructor(message?: string, options: ConnectionErrorOptions = {}) {
    super(message, { ...options, httpStatus: options.statusCode ?? options.httpStatus });
  }

  /** The HTTP status of the answer, where there was one. */
  get statusCode(): number | undefined {
    return this.httpStatus;
  }
}

export interface ConnectionClosedOptions extends SimpleWebsocketErrorOptions {
  /** The close code; the same as `closeCode`. Default 1006. */
  readonly reason?: number | undefined;
  readonly wasClean?: boolean | undefined;
  readonly initiator?: Initiator | undefined;
}

/** `send`, `receive` or iteration after the end. `message` is the text of the Close. Retryable unless the close code is final. */
export class ConnectionClosed extends SimpleWebsocketError {
  static override readonly name: string = "ConnectionClosed";
  static override readonly kind: FamilyKind = { code: "simple-ws/connection-closed", closeCode: 1006, retryable: true };
  readonly wasClean: boolean;
  readonly initiator: Initiator;

  constructor(message?: string, options: ConnectionClosedOptions = {}) {
    super(message, { ...options, closeCode: options.reason ?? options.closeCode });
    this.wasClean = options.wasClean ?? false;
    this.initiator = options.initiator ?? "network";
  }

  /** The close code that ended the connection: the peer's, our own, 1006 for a lost network, 1005 for an empty Close. */
  get reason(): number {
    return this.closeCode ?? 1006;
  }

  override toString(): string {
    return `${this.name}: Connection closed: ${this.reason}${this.message === "" ? "" : ` ${this.message}`}`;
  }
}
