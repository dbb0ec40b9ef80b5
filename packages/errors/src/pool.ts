/**
 * JetSocket's family of errors: pools, resilient connections and their buffers.
 *
 * Room: errors. The sentences of the codes are in `codes/pool.ts`, which a bundle carries only where it is used.
 */
import type { poolCodes } from "./codes/pool.js";
import { TransportError, type AppCode, type Kind, type TransportErrorOptions } from "./transport-error.js";

export { poolCodes } from "./codes/pool.js";

export type PoolCode = keyof typeof poolCodes;
type FamilyKind = Kind & { readonly code: PoolCode | AppCode };

export interface JetSocketErrorOptions extends TransportErrorOptions {
  readonly code?: PoolCode | AppCode | undefined;
}

/** Base of everything that `@x/pool` reports. */
export class JetSocketError extends TransportError {
  static override readonly name: string = "JetSocketError";
  static override readonly kind: FamilyKind = { code: "pool/error" };
  declare readonly code: PoolCode | AppCode;
  override readonly layer = "pool" as const;

  constructor(message?: string, options: JetSocketErrorOptions = {}) {
    super(message, options);
  }
}

/** A connection cannot be established or used. */
export class ConnectionError extends JetSocketError {
  static override readonly name: string = "ConnectionError";
  static override readonly kind: FamilyKind = { code: "pool/connection-failed", retryable: true };
}

export interface ConnectionClosedErrorOptions extends JetSocketErrorOptions {
  readonly reason?: string | undefined;
  readonly wasClean?: boolean | undefined;
}

/** The connection was lost or closed during an operation. `closeCode` is the close code; `code` stays the stable string. */
export class ConnectionClosedError extends ConnectionError {
  static override readonly name: string = "ConnectionClosedError";
  static override readonly kind: FamilyKind = { code: "pool/connection-closed", closeCode: 1006, retryable: true };
  /** The text of the Close frame. */
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(message?: string, options: ConnectionClosedErrorOptions = {}) {
    super(message, options);
    this.reason = options.reason ?? "";
    this.wasClean = options.wasClean ?? false;
  }
}

export interface ConnectionTimeoutErrorOptions extends JetSocketErrorOptions {
  readonly afterMs?: number | undefined;
  readonly operation?: string | undefined;
}

/** Connecting or an operation took too long. */
export class ConnectionTimeoutError extends ConnectionError {
  static override readonly name: string = "ConnectionTimeoutError";
  static override readonly kind: FamilyKind = { code: "pool/connection-timeout", retryable: true };
  readonly afterMs: number | undefined;
  readonly operation: string | undefined;

  constructor(message?: string, options: ConnectionTimeoutErrorOptions = {}) {
    super(message, options);
    this.afterMs = options.afterMs;
    this.operation = options.operation;
  }
}

/** The server refuses: TCP refusal (retryable), or a final status such as 401, 403, 404 or 410 (not retryable). */
export class ConnectionRefusedError extends ConnectionError {
  static override readonly name: string = "ConnectionRefusedError";
  static override readonly kind: FamilyKind = { code: "pool/connection-refused", retryable: true };
}

/** The peer broke a rule of the protocol. */
export class ProtocolError extends JetSocketError {
  static override readonly name: string = "ProtocolError";
  static override readonly kind: FamilyKind = { code: "pool/protocol-error" };
}

/** An invalid frame was received. */
export class InvalidFrameError extends ProtocolError {
  static override readonly name: string = "InvalidFrameError";
  static override readonly kind: FamilyKind = { code: "pool/invalid-frame", closeCode: 1002 };
}

export interface InvalidMessageErrorOptions extends JetSocketErrorOptions {
  readonly data?: unknown;
  readonly issues?: readonly unknown[] | undefined;
}

/** One message cannot be deserialised or is not valid; the connection goes on. */
export class InvalidMessageError extends ProtocolError {
  static override readonly name: string = "InvalidMessageError";
  static override readonly kind: FamilyKind = { code: "pool/invalid-message" };
  /** The start of what arrived. Not enumerable, so that it is not logged. */
  declare readonly data: unknown;
  /** What a validator found. */
  readonly issues: readonly unknown[];

  constructor(message?: string, options: InvalidMessageErrorOptions = {}) {
    super(message, options);
    this.issues = options.issues ?? [];
    Object.defineProperty(this, "data", { value: options.data });
  }
}

/** A buffer of messages failed. */
export class BufferError extends JetSocketError {
  static override readonly name: string = "BufferError";
  static override readonly kind: FamilyKind = { code: "pool/buffer-error" };
}

export interface BufferOverflowErrorOptions extends JetSocketErrorOptions {
  readonly capacity?: number | undefined;
  readonly dropped?: number | undefined;
}

/** A bounded buffer is full and its policy is `error`. */
export class BufferOverflowError extends BufferError {
  static override readonly name: string = "BufferOverflowError";
  static override readonly kind: FamilyKind = { code: "pool/buffer-overflow", retryable: true };
  /** Messages. */
  readonly capacity: number | undefined;
  /** Messages lost. */
  readonly dropped: number;

  constructor(message?: string, options: BufferOverflowErrorOptions = {}) {
    super(message, options);
    this.capacity = options.capacity;
    this.dropped = options.dropped ?? 0;
  }
}

/** A pool's counts at one moment. */
export interface PoolStats {
  readonly active: number;
  readonly idle: number;
  readonly waiting: number;
  readonly [count: string]: number;
}

export interface PoolErrorOptions extends JetSocketErrorOptions {
  readonly stats?: PoolStats | undefined;
}

/** The pool itself: it is closed, or its waiting queue is full. */
export class PoolError extends JetSocketError {
  static override readonly name: string = "PoolError";
  static override readonly kind: FamilyKind = { code: "pool/pool-error" };
  readonly stats: PoolStats | undefined;

  constructor(message?: string, options: PoolErrorOptions = {}) {
    super(message, options);
    this.stats = options.stats;
  }
}

export interface PoolExhaustedErrorOptions extends PoolErrorOptions {
  readonly maxConnections?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly active?: number | undefined;
  readonly idle?: number | undefined;
  readonly waiting?: number | undefined;
}

/** No connection became free within the one deadline of `acquire`. The cause is the last failure to connect, if there was one. */
export class PoolExhaustedError extends PoolError {
  static override readonly name: string = "PoolExhaustedError";
  static override readonly kind: FamilyKind = { code: "pool/exhausted", retryable: true };
  readonly maxConnections: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly active: number | undefined;
  readonly idle: number | undefined;
  readonly waiting: number | undefined;

  constructor(message?: string, options: PoolExhaustedErrorOptions = {}) {
    super(message, options);
    this.maxConnections = options.maxConnections;
    this.timeoutMs = options.timeoutMs;
    this.active = options.active ?? options.stats?.active;
    this.idle = options.idle ?? options.stats?.idle;
    this.waiting = options.waiting ?? options.stats?.waiting;
  }
}

export interface InvalidStateErrorOptions extends JetSocketErrorOptions {
  readonly currentState?: string | undefined;
  readonly allowedStates?: readonly string[] | undefined;
}

/** The operation is not allowed in the present state. */
export class InvalidStateError extends JetSocketError {
  static override readonly name: string = "InvalidStateError";
  static override readonly kind: FamilyKind = { code: "pool/invalid-state" };
  readonly currentState: string | undefined;
  readonly allowedStates: readonly string[];

  constructor(message?: string, options: InvalidStateErrorOptions = {}) {
    super(message, options);
    this.currentState = options.currentState;
    this.allowedStates = options.allowedStates ?? [];
  }
}
