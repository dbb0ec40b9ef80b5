/**
 * A circuit breaker: after several failures in a row nothing is called for a while, then one probe decides.
 *
 * Room: errors.
 */
import { Emitter, type EmitterOptions } from "./emitter.js";
import { systemClock, type Clock } from "./system-clock.js";
import { isTransportError, TransportError, type Kind, type TransportErrorOptions } from "./transport-error.js";

export type CircuitState = "closed" | "open" | "half-open";

export interface CircuitOpenErrorOptions extends TransportErrorOptions {
  readonly retryAfterMs?: number | undefined;
}

/** The circuit is open; nothing was called. The cause is the failure that opened it. */
export class CircuitOpenError extends TransportError {
  static override readonly name: string = "CircuitOpenError";
  static override readonly kind: Kind = { code: "errors/circuit-open", retryable: true };
  /** When a call has a chance again, in milliseconds from now. `retry()` waits for it. */
  readonly retryAfterMs: number | undefined;

  constructor(message?: string, options: CircuitOpenErrorOptions = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

export interface CircuitBreakerOptions extends EmitterOptions {
  /** Failures in a row that open the circuit. Default 5. */
  readonly failureThreshold?: number | undefined;
  /** How long the circuit stays open before a probe, and how long a probe may take before the next. Default 60 000 ms. */
  readonly recoveryMs?: number | undefined;
  /** What counts as a failure of the service. Default: everything but errors of the tree that are not retryable, which are answers. */
  readonly isFailure?: ((error: unknown) => boolean) | undefined;
  /** What `call` rejects with while the circuit is open. Default {@link CircuitOpenError}. */
  readonly createError?: ((message: string, options: CircuitOpenErrorOptions) => Error) | undefined;
  /** Default {@link systemClock}. */
  readonly clock?: Clock | undefined;
}

export interface CircuitBreakerEvents {
  readonly stateChange: readonly [to: CircuitState, from: CircuitState];
}

/** Closed, open, half-open: each owns its data. */
type Circuit =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly sinceMs: number; readonly cause: unknown }
  | { readonly kind: "half-open"; readonly sinceMs: number; readonly cause: unknown }; // the one probe is under way

export class CircuitBreaker extends Emitter<CircuitBreakerEvents> {
  readonly #failureThreshold: number;
  readonly #recoveryMs: number;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #createError: (message: string, options: CircuitOpenErrorOptions) => Error;
  readonly #clock: Clock;
  #circuit: Circuit = { kind: "closed", failures: 0 };
  #era = 0; // a call counts only where it began

  /** @throws {TransportError} `errors/invalid-option`. */
  constructor(options: CircuitBreakerOptions = {}) {
    super(options);
    this.#failureThreshold = options.failureThreshold ?? 5;
    this.#recoveryMs = options.recoveryMs ?? 60_000;
    this.#isFailure = options.isFailure ?? isOutage;
    this.#createError = options.createError ?? ((message, details) => new CircuitOpenError(message, details));
    this.#clock = options.clock ?? systemClock;
    if (!(Number.isInteger(this.#failureThreshold) && this.#failureThreshold >= 1)) throw invalid("failureThreshold", this.#failureThreshold, "a whole number from 1");
    if (!(this.#recoveryMs >= 0)) throw invalid("recoveryMs", this.#recoveryMs, "not negative");
  }

  get state(): CircuitState {
    return this.#circuit.kind;
  }

  /** Failures in a row while closed. */
  get failures(): number {
    return this.#circuit.kind === "closed" ? this.#circuit.failures : this.#failureThreshold;
  }

  /**
   * Calls `fn` where the circuit lets it through.
   *
   * @returns what `fn` returned.
   * @throws what `fn` threw; {@link CircuitOpenError} `errors/circuit-open` where it was not called.
   */
  async call<Args extends readonly unknown[], Value>(fn: (...args: Args) => Promise<Value> | Value, ...args: Args): Promise<Value> {
    this.#admit();
    const era = this.#era;
    try {
      const value = await fn(...args);
      this.#settle(era, false, undefined);
      return value;
    } catch (error) {
      this.#settle(era, this.#isFailure(error), error);
      throw error;
    }
  }

  /** Closes the circuit and forgets all failures. */
  reset(): void {
    this.#become({ kind: "closed", failures: 0 });
  }

  #admit(): void {
    const circuit = this.#circuit;
    if (circuit.kind === "closed") return;
    const nowMs = this.#clock.now();
    const waitMs = circuit.sinceMs + this.#recoveryMs - nowMs;
    if (waitMs > 0) throw this.#createError(`Cannot call: circuit is ${circuit.kind}, must be closed`, { cause: circuit.cause, retryAfterMs: waitMs });
    this.#become({ kind: "half-open", sinceMs: nowMs, cause: circuit.cause });
  }

  #settle(era: number, failed: boolean, error: unknown): void {
    if (era !== this.#era) return;
    const circuit = this.#circuit;
    const failures = !failed ? 0 : circuit.kind === "closed" ? circuit.failures + 1 : this.#failureThreshold;
    if (failures >= this.#failureThreshold) this.#become({ kind: "open", sinceMs: this.#clock.now(), cause: error });
    else if (circuit.kind === "closed") this.#circuit = { kind: "closed", failures };
    else this.reset();
  }

  #become(circuit: Circuit): void {
    const from = this.#circuit.kind;
    this.#circuit = circuit;
    this.#era++;
    if (from !== circuit.kind) this.emit("stateChange", circuit.kind, from);
  }
}

/** An answer of the service that says no is no failure of the service. */
function isOutage(error: unknown): boolean {
  return !isTransportError(error) || error.retryable;
}

function invalid(option: string, value: number, wanted: string): TransportError {
  return new TransportError(`Cannot make a circuit breaker: ${option} is ${value}, must be ${wanted}`, { code: "errors/invalid-option", details: { option } });
}
