/**
 * The root of every error that an @x package reports.
 *
 * Room: errors (neutral, no dependencies). Branch on `code`; classes say what kind of failure it is, codes what happened.
 */
import { describeError } from "#description";
import { isObject, MAX_MESSAGE_LENGTH, type Description } from "./description.js";
import { mayRetryAfter } from "./never-retry.js";
import { safeText } from "./safe-text.js";

/** Who reports: one of the five packages, or `errors` for the helpers of this one (retry, circuit breaker). */
export type Layer = "errors" | "wsframe" | "simple-ws" | "engineio" | "socketio" | "pool";

/** Codes of applications that construct or subclass these errors. */
export type AppCode = `app/${string}`;

/** What a class is: its default code, which is also its identity across installed copies, and what peers are told. */
export interface Kind {
  readonly code: string;
  /** Would the same call, made later, have a chance? Default `false`. */
  readonly retryable?: boolean;
  /** RFC 6455 §7.4.1. */
  readonly closeCode?: number;
  readonly httpStatus?: number;
}

/** Options that every class takes beside its own attributes. What is missing or `undefined` comes from the class. */
export interface TransportErrorOptions {
  readonly code?: string | undefined;
  readonly cause?: unknown;
  /** Plain data for logs. Bounded, escaped and freed of secrets when it is written out by `toJSON()`. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly retryable?: boolean | undefined;
  readonly closeCode?: number | undefined;
  readonly httpStatus?: number | undefined;
}

/** One name for all copies of this package, so that `instanceof` holds between them. */
const brand = Symbol.for("@x/errors");
const noDetails: Readonly<Record<string, unknown>> = Object.freeze({});

export class TransportError extends Error {
  /** Explicit, so that a minifier cannot change it; a subclass without its own keeps the name it is declared with. */
  static override readonly name: string = "TransportError";
  static readonly kind: Kind = { code: "errors/error" };
  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  /** Stable, `family/what`, e.g. `engineio/unknown-packet`. */
  readonly code: string;
  /** Which package reports. */
  readonly layer: Layer = "errors";
  readonly retryable: boolean;
  /** What a WebSocket peer is told, or told us (RFC 6455 §7.4.1). */
  readonly closeCode: number | undefined;
  /** What an HTTP peer is told, or told us. */
  readonly httpStatus: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param message action, state, wanted state, without a final stop; escaped, and cut at {@link MAX_MESSAGE_LENGTH}.
   */
  constructor(message = "", options: TransportErrorOptions = {}) {
    super(safeText(message, MAX_MESSAGE_LENGTH), "cause" in options ? { cause: options.cause } : undefined);
    const { kind } = new.target;
    this.code = options.code ?? kind.code;
    this.closeCode = options.closeCode ?? kind.closeCode;
    this.httpStatus = options.httpStatus ?? kind.httpStatus;
    this.details = options.details ?? noDetails;
    this.retryable = options.retryable ?? (kind.retryable === true
      && mayRetryAfter(this)
      && !(isTransportError(options.cause) && !options.cause.retryable));
  }

  /** The class's name, also on `stack`; like every error's name it can be assigned. */
  override get name(): string {
    return this.constructor.name;
  }
  override set name(value: string) {
    Object.defineProperty(this, "name", { value, writable: true, configurable: true });
  }

  /**
   * Everything that is worth logging, as plain, bounded, escaped data without secrets, with the chain of causes. Never throws.
   * Outside Node what an error carries (`details` and other attributes) is left out.
   */
  toJSON(): Description {
    return describeError(this);
  }

  /**
   * `instanceof` for the whole tree. Within one copy of this package it is the language's own; an error made by another copy
   * belongs to the class with the same default code. A subclass without its own `kind` keeps the language's semantics.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Function.prototype[Symbol.hasInstance].call(this, value) || (Object.hasOwn(this, "kind") && isOfKind(value, this.kind.code));
  }
}

/** Looks at the classes of `value`, its own first; a class without a `kind` of its own shows its parent's. */
function isOfKind(value: unknown, code: string): boolean {
  if (!isObject(value) || !(brand in value)) return false;
  for (let prototype: unknown = value; isObject(prototype); prototype = Object.getPrototypeOf(prototype)) {
    const { constructor } = prototype;
    if (typeof constructor === "function" && "kind" in constructor && isObject(constructor.kind) && constructor.kind["code"] === code) return true;
  }
  return false;
}

/** @returns whether an @x package reported `value`, whichever installed copy of this package it was made with. */
export function isTransportError(value: unknown): value is TransportError {
  return value instanceof TransportError;
}
