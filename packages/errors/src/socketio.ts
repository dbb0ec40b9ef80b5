/**
 * Socket.IO's family of errors.
 *
 * Room: errors. The sentences of the codes are in `codes/socketio.ts`, which a bundle carries only where it is used.
 */
import type { socketioCodes } from "./codes/socketio.js";
import { TransportError, type AppCode, type Kind, type TransportErrorOptions } from "./transport-error.js";

export { socketioCodes } from "./codes/socketio.js";

export type SocketIOCode = keyof typeof socketioCodes;
type FamilyKind = Kind & { readonly code: SocketIOCode | AppCode };

export interface SocketIOErrorOptions extends TransportErrorOptions {
  readonly code?: SocketIOCode | AppCode | undefined;
}

/** Base of everything that `@x/socketio` reports. */
export class SocketIOError extends TransportError {
  static override readonly name: string = "SocketIOError";
  static override readonly kind: FamilyKind = { code: "socketio/error" };
  declare readonly code: SocketIOCode | AppCode;
  override readonly layer = "socketio" as const;

  constructor(message?: string, options: SocketIOErrorOptions = {}) {
    super(message, options);
  }
}

/** Connecting failed, or the connection was lost. */
export class ConnectionError extends SocketIOError {
  static override readonly name: string = "ConnectionError";
  static override readonly kind: FamilyKind = { code: "socketio/connection-failed", retryable: true };
}

/** What a refusal tells the client (`44{"message","data"}`). */
export interface RefusalArgs {
  readonly message: string;
  readonly data?: unknown;
}

export interface ConnectionRefusedErrorOptions extends SocketIOErrorOptions {
  /** Anything that JSON can say, for the client. Goes to the client, never into logs. */
  readonly data?: unknown;
}

/** Thrown in middleware or a connect handler to refuse a client, whose `connect()` then rejects with it. Never retried by default. */
export class ConnectionRefusedError extends ConnectionError {
  static override readonly name: string = "ConnectionRefusedError";
  static override readonly kind: FamilyKind = { code: "socketio/connection-refused" };
  /** Not enumerable, so that it is not logged. */
  declare readonly errorArgs: RefusalArgs;

  constructor(message = "", options: ConnectionRefusedErrorOptions = {}) {
    super(message, options);
    Object.defineProperty(this, "errorArgs", { value: options.data === undefined ? { message } : { message, data: options.data } });
  }

  /** What the server said beside its message; also where official Socket.IO clients look. */
  get data(): unknown {
    return this.errorArgs.data;
  }
}

export interface TimeoutErrorOptions extends SocketIOErrorOptions {
  readonly afterMs?: number | undefined;
  readonly operation?: string | undefined;
}

/** `call`, `emitWithAck`, `receive` or `connect` took longer than its limit. */
export class TimeoutError extends SocketIOError {
  static override readonly name: string = "TimeoutError";
  static override readonly kind: FamilyKind = { code: "socketio/timeout", retryable: true };
  readonly afterMs: number | undefined;
  readonly operation: string | undefined;

  constructor(message?: string, options: TimeoutErrorOptions = {}) {
    super(message, options);
    this.afterMs = options.afterMs;
    this.operation = options.operation;
  }
}

export interface BadNamespaceErrorOptions extends SocketIOErrorOptions {
  readonly namespace?: string | undefined;
}

/** A malformed, unknown, refused or unconnected namespace. A server may throw it in a connect handler to refuse the client. */
export class BadNamespaceError extends SocketIOError {
  static override readonly name: string = "BadNamespaceError";
  static override readonly kind: FamilyKind = { code: "socketio/bad-namespace" };
  readonly namespace: string | undefined;

  constructor(message?: string, options: BadNamespaceErrorOptions = {}) {
    super(message, options);
    this.namespace = options.namespace;
  }
}

export interface DisconnectedErrorOptions extends SocketIOErrorOptions {
  readonly reason?: string | undefined;
}

/** An operation on a client that is disconnected for good, or, on the server, for a client that is gone. */
export class DisconnectedError extends SocketIOError {
  static override readonly name: string = "DisconnectedError";
  static override readonly kind: FamilyKind = { code: "socketio/disconnected" };
  /** Why the client was disconnected, e.g. `transport close`. */
  readonly reason: string | undefined;

  constructor(message?: string, options: DisconnectedErrorOptions = {}) {
    super(message, options);
    this.reason = options.reason;
  }
}
