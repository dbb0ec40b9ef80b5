/**
 * Engine.IO's family of errors.
 *
 * Room: errors. The sentences of the codes are in `codes/engineio.ts`, which a bundle carries only where it is used.
 */
import type { engineioCodes } from "./codes/engineio.js";
import { TransportError, type AppCode, type Kind, type TransportErrorOptions } from "./transport-error.js";

export { engineioCodes } from "./codes/engineio.js";

export type EngineIOCode = keyof typeof engineioCodes;
type FamilyKind = Kind & { readonly code: EngineIOCode | AppCode };

export interface EngineIOErrorOptions extends TransportErrorOptions {
  readonly code?: EngineIOCode | AppCode | undefined;
}

/** Base of everything that `@x/engineio` reports. */
export class EngineIOError extends TransportError {
  static override readonly name: string = "EngineIOError";
  static override readonly kind: FamilyKind = { code: "engineio/error" };
  declare readonly code: EngineIOCode | AppCode;
  override readonly layer = "engineio" as const;

  constructor(message?: string, options: EngineIOErrorOptions = {}) {
    super(message, options);
  }
}

export interface ContentTooLongErrorOptions extends EngineIOErrorOptions {
  readonly limitBytes?: number | undefined;
  readonly actualBytes?: number | undefined;
}

/** A request body, message or outgoing `send` is longer than its limit. The peer sees HTTP 413 or close code 1009. */
export class ContentTooLongError extends EngineIOError {
  static override readonly name: string = "ContentTooLongError";
  static override readonly kind: FamilyKind = { code: "engineio/content-too-long", closeCode: 1009, httpStatus: 413 };
  readonly limitBytes: number | undefined;
  /** `undefined` when reading stopped at the limit. */
  readonly actualBytes: number | undefined;

  constructor(message?: string, options: ContentTooLongErrorOptions = {}) {
    super(message, options);
    this.limitBytes = options.limitBytes;
    this.actualBytes = options.actualBytes;
  }
}

export interface UnknownPacketErrorOptions extends EngineIOErrorOptions {
  readonly packetType?: string | undefined;
}

/** A packet type outside 0–6 or not for this side, a wrong `EIO` version, an undecodable payload. The peer sees HTTP 400. */
export class UnknownPacketError extends EngineIOError {
  static override readonly name: string = "UnknownPacketError";
  static override readonly kind: FamilyKind = { code: "engineio/unknown-packet", httpStatus: 400 };
  readonly packetType: string | undefined;

  constructor(message?: string, options: UnknownPacketErrorOptions = {}) {
    super(message, options);
    this.packetType = options.packetType;
  }
}

/** A non-blocking read of a queue with nothing in it. */
export class QueueEmpty extends EngineIOError {
  static override readonly name: string = "QueueEmpty";
  static override readonly kind: FamilyKind = { code: "engineio/queue-empty", retryable: true };
}

export interface SocketIsClosedErrorOptions extends EngineIOErrorOptions {
  readonly reason?: string | undefined;
}

/** `send` or any other operation on a session that has ended. Open a new one. */
export class SocketIsClosedError extends EngineIOError {
  static override readonly name: string = "SocketIsClosedError";
  static override readonly kind: FamilyKind = { code: "engineio/socket-closed" };
  /** Why the session ended, e.g. `ping timeout`. */
  readonly reason: string | undefined;

  constructor(message?: string, options: SocketIsClosedErrorOptions = {}) {
    super(message, options);
    this.reason = options.reason;
  }
}

export interface ConnectionErrorOptions extends EngineIOErrorOptions {
  /** The server's JSON answer. Not enumerable, so that it is not logged. */
  readonly body?: unknown;
  /** Header fields of the server's answer, names in lower case. Not enumerable either. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
}

/** The connection cannot be established, is refused, or is lost during an operation. */
export class ConnectionError extends EngineIOError {
  static override readonly name: string = "ConnectionError";
  static override readonly kind: FamilyKind = { code: "engineio/connection-failed", retryable: true };
  declare readonly body: unknown;
  declare readonly headers: ConnectionErrorOptions["headers"];

  constructor(message?: string, { body, headers, ...options }: ConnectionErrorOptions = {}) {
    super(message, options);
    Object.defineProperties(this, { body: { value: body }, headers: { value: headers } });
  }
}
