/**
 * One circuit breaker per key, around attempts to connect. Room: pool shell.
 *
 * A key whose circuit is closed and has seen no failure since is not remembered, so that keys cannot pile up.
 */
import { CircuitBreaker, CircuitOpenError, type CircuitOpenErrorOptions, type CircuitState } from "@x/errors/circuit-breaker";
import type { Clock } from "@x/errors/clock";
import { invalidOption } from "../core/options.js";

export interface PoolCircuitOptions {
  /** Failures in a row that open the circuit of a key. Default 5. */
  readonly failureThreshold?: number | undefined;
  /** How long borrowers of the key are refused before one attempt is made again, in milliseconds. Default 60,000. */
  readonly recoveryMs?: number | undefined;
  /** Keys whose failures are remembered; beyond it the oldest is forgotten, and its circuit closed. Default 1,000. */
  readonly maxKeys?: number | undefined;
}

/** The circuit lets one attempt through, and this is not it: whoever waits for the key may as well wait for that one. */
export class CircuitProbedError extends CircuitOpenError {}

export class Circuits {
  readonly #options: PoolCircuitOptions & { readonly clock: Clock; readonly isFailure: (error: unknown) => boolean };
  readonly #maxKeys: number;
  readonly #breakers = new Map<string, CircuitBreaker>();

  /** @throws {JetSocketError} `pool/invalid-option`; {TransportError} `errors/invalid-option`. */
  constructor(options: PoolCircuitOptions, clock: Clock, isFailure: (error: unknown) => boolean) {
    this.#options = { ...options, clock, isFailure };
    this.#maxKeys = options.maxKeys ?? 1_000;
    if (!(this.#maxKeys >= 1)) throw invalidOption(`Cannot use maxKeys ${this.#maxKeys}, must be at least 1`);
    this.#breaker(); // refuses bad options now
  }

  /** Keys remembered. */
  get size(): number {
    return this.#breakers.size;
  }

  stateOf(key: string): CircuitState {
    return this.#breakers.get(key)?.state ?? "closed";
  }

  /** Connects, if the circuit lets it through. An attempt that ignores its signal has failed by then, though it may still come through.
   *  @throws what `connect` threw; {CircuitOpenError} `errors/circuit-open` where it was not called. */
  async connect<R>(key: string, signal: AbortSignal, connect: () => R | Promise<R>): Promise<R> {
    const breaker = this.#breakers.get(key) ?? this.#remember(key);
    let attempt: Promise<R> | undefined;
    try {
      return await breaker.call(() => {
        attempt = Promise.resolve(connect());
        return Promise.race([attempt, abortOf(signal)]);
      });
    } catch (error) {
      if (attempt === undefined) throw error;
      return await attempt;
    } finally {
      if (breaker.failures === 0 && this.#breakers.get(key) === breaker) this.#breakers.delete(key);
    }
  }

  #remember(key: string): CircuitBreaker {
    const breaker = this.#breaker();
    this.#breakers.set(key, breaker);
    const [oldest] = this.#breakers.keys();
    if (this.#breakers.size > this.#maxKeys && oldest !== undefined) this.#breakers.delete(oldest);
    return breaker;
  }

  #breaker(): CircuitBreaker {
    const createError = (_: string, options: CircuitOpenErrorOptions): CircuitOpenError => breaker.state === "half-open"
      ? new CircuitProbedError("Cannot acquire: the key's circuit is half-open, must be closed", options)
      : new CircuitOpenError("Cannot acquire: the key's circuit is open, must be closed", options);
    const breaker: CircuitBreaker = new CircuitBreaker({ ...this.#options, createError });
    return breaker;
  }
}

/** Rejects when the signal ends. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}
