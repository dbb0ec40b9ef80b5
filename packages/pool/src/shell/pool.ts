/**
 * A bounded pool of resources over any `connect`. Room: pool shell.
 */
import type { Random } from "@x/errors/clock";
import { isTransportError } from "@x/errors";
import { CircuitOpenError } from "@x/errors/circuit-breaker";
import { reportHandlerError } from "@x/errors/handlers";
import { JetSocketError } from "@x/errors/pool";
import { atMost, checked, invalidOption, parseLimits, type PoolLimits } from "../core/options.js";
import { PICKS, pickerOf, type PoolPick, type Picker } from "../core/picking.js";
import type { PoolPolicy } from "../core/pool.js";
import type { PoolStats } from "../core/pool-stats.js";
import type { Slot } from "../core/slot.js";
import type { Warmer, Warming } from "../core/warmth.js";
import { aborted, cancellable } from "./cancelling.js";
import { CircuitProbedError } from "./circuits.js";
import { Driver } from "./driver.js";
import { guarded } from "./guarded.js";
import { LeakWatch } from "./leak-watch.js";
import { Lease, type Lender } from "./lease.js";
import type { AcquireOptions, CloseOptions, DrainOptions, PoolBackoff, PoolOptions, WarmOptions } from "./options.js";

const NO_OPTIONS: AcquireOptions = {};
const DEFAULT_DRAIN_TIMEOUT_MS = 30_000;

/**
 * Lends resources to borrowers in the order they came, and never has more than `maxConnections` of them in any state.
 * Opens nothing before somebody asks, unless `minConnections` says so. Close it, or hold it with `await using`.
 */
export class Pool<R> implements Lender<R> {
  readonly #limits: PoolLimits;
  readonly #defaultKey: string;
  readonly #driver: Driver<R>;
  readonly #closed: Promise<void>;
  readonly #leaks: LeakWatch | undefined;

  /** @throws {JetSocketError} `pool/invalid-option` for a number out of its bounds. */
  constructor(options: PoolOptions<R>) {
    const limits = parseLimits(options);
    this.#limits = options.validate === undefined ? { ...limits, validateAfterIdleMs: Infinity } : limits;
    let onEmptied = (): void => undefined;
    this.#closed = new Promise((resolve) => (onEmptied = resolve));
    this.#driver = new Driver(options, this.#limits, policyOf(options, limits), onEmptied);
    this.#defaultKey = options.defaultKey ?? "";
    if (limits.leakWarningMs < Infinity) this.#leaks = new LeakWatch(limits.leakWarningMs, (error, key) => this.#driver.leaked(error, key));
    if (limits.minConnections > 0) this.#driver.core.keepWarm(this.#defaultKey, limits.minConnections, this.#driver.now());
  }

  /**
   * @returns a lease, at once when an idle resource is there. Give it back: `await using`, `release()` or `destroy()`.
   * @throws {PoolExhaustedError} `pool/exhausted` at the one deadline for waiting, connecting and validating; `cause` is
   *   the last failure to connect.
   * @throws {PoolError} `pool/closed`; `pool/too-many-waiting`, beyond `maxWaiting`.
   * @throws {CircuitOpenError} `errors/circuit-open` at once, with `circuit` and after its failures in a row.
   * @throws {ConnectionError} `pool/aborted`; and whatever `connect` threw that `retryIf` calls hopeless (`pool/connection-failed`
   *   around errors of other makers).
   * @throws {JetSocketError} `pool/invalid-option` for a `timeoutMs` out of its bounds, or a `priority` that is no number.
   */
  acquire(options: AcquireOptions = NO_OPTIONS): Promise<Lease<R>> {
    // Not an async function: whoever waits would pay for a second promise.
    try {
      const { key = this.#defaultKey, timeoutMs, priority = 0, signal } = options;
      if (signal?.aborted === true) throw aborted("acquire", signal);
      const limitMs = timeoutMs === undefined ? this.#limits.acquireTimeoutMs : checked("acquireTimeoutMs", timeoutMs);
      if (Number.isNaN(priority)) throw invalidOption("Cannot acquire with priority NaN, must be a number");
      const nowMs = this.#driver.now();
      const origin = this.#leaks === undefined ? undefined : LeakWatch.origin();
      const slot = this.#driver.core.take(key, nowMs);
      return slot === undefined ? this.#wait(key, limitMs, priority, signal, nowMs, origin) : Promise.resolve(this.#lease(slot, origin));
    } catch (error) {
      return Promise.reject(asError(error));
    }
  }

  /** Lends a resource to `work` and takes it back when that has ended. What `work` throws goes on to the caller; when it is
   *  an error of an @x package, which tells of the resource rather than of the application, the resource is closed. */
  async use<Result>(work: (resource: R) => Result | Promise<Result>, options: AcquireOptions = NO_OPTIONS): Promise<Result> {
    const lease = await this.acquire(options);
    try {
      return await work(lease.resource);
    } catch (error) {
      if (isTransportError(error)) lease.destroy();
      throw error;
    } finally {
      lease.release();
    }
  }

  /**
   * Opens resources until there are `count` of the key, lent or idle, so that borrowers need not wait for that. Borrowers come
   * first, and no resource of another key is closed for it. They may be evicted when idle, as all: `minConnections` keeps them.
   *
   * @throws {PoolExhaustedError} `pool/exhausted` at the deadline; what has been opened stays.
   * @throws as `acquire` otherwise; {JetSocketError} `pool/invalid-option` for a `count` beyond `maxConnections` or `maxPerKey`.
   */
  async warm(count: number, options: WarmOptions = NO_OPTIONS): Promise<void> {
    const { key = this.#defaultKey, timeoutMs = this.#limits.acquireTimeoutMs, signal } = options;
    const { maxConnections, maxPerKey } = this.#limits;
    atMost("warm", checked("minConnections", count), "maxConnections and maxPerKey", Math.min(maxConnections, maxPerKey));
    const limitMs = checked("acquireTimeoutMs", timeoutMs);
    if (signal?.aborted === true) throw aborted("acquire", signal);
    const { core } = this.#driver;
    const begin = (warmer: Warmer): Warming<R> => core.warm(key, count, limitMs, warmer, this.#driver.now());
    return new Promise((resolve, reject) => {
      if (signal === undefined) begin({ done: resolve, refuse: reject });
      else {
        cancellable(signal, (ending) => begin({ done: ending(resolve), refuse: ending(reject) }), (warming, error) => {
          core.cancelWarming(warming);
          reject(error);
        });
      }
      this.#driver.awaited();
    });
  }

  /** How many resources are in which state, of each key, too, how many borrowers wait, and what has been done since the beginning. */
  stats(): PoolStats {
    return this.#driver.core.stats(this.#driver.now());
  }

  /** Lends to nobody new, and keeps nothing: borrowers who wait already are served as resources come back. When the last has come back, or after `timeoutMs`, it closes.
   *  @returns a promise that resolves when all is closed, and never rejects. */
  drain(options: DrainOptions = {}): Promise<void> {
    const { timeoutMs = DEFAULT_DRAIN_TIMEOUT_MS, signal } = options;
    const nowMs = this.#driver.now();
    this.#driver.core.drain(nowMs, nowMs + checked("closeTimeoutMs", timeoutMs));
    this.#driver.awaited();
    if (signal !== undefined) this.#closeOn(signal);
    return this.#closed;
  }

  /** Refuses waiting borrowers at once, closes what is idle, waits for what is lent (at most `timeoutMs`) and for all to be closed.
   *  Later calls return the same promise, which never rejects. */
  close(options: CloseOptions = {}): Promise<void> {
    const timeoutMs = checked("closeTimeoutMs", options.timeoutMs ?? this.#limits.closeTimeoutMs);
    const nowMs = this.#driver.now();
    this.#driver.core.close(nowMs, nowMs + timeoutMs);
    this.#driver.awaited();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** For {@link Lease}. */
  giveBack(lease: Lease<R>, slot: Slot<R>, keep: boolean): void {
    this.#leaks?.end(lease);
    const { core } = this.#driver;
    if (keep) core.release(slot, this.#driver.now());
    else core.destroy(slot, this.#driver.now());
  }

  #closeOn(signal: AbortSignal): void {
    const onAbort = (): void => void this.close({ timeoutMs: 0 });
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      void this.#closed.then(() => signal.removeEventListener("abort", onAbort));
    }
  }

  #lease(slot: Slot<R>, origin: Error | undefined): Lease<R> {
    const lease = new Lease(this, slot);
    if (this.#leaks !== undefined && origin !== undefined) {
      this.#leaks.begin(lease, slot.shelf.key, origin, this.#driver.now());
      this.#driver.watch(this.#leaks);
    }
    return lease;
  }

  #wait(key: string, timeoutMs: number, priority: number, signal: AbortSignal | undefined, nowMs: number, origin: Error | undefined): Promise<Lease<R>> {
    const { core } = this.#driver;
    const { isAwaited } = core;
    return new Promise((resolve, reject) => {
      const lend = (slot: Slot<R>): void => resolve(this.#lease(slot, origin));
      if (signal === undefined) {
        core.wait(key, timeoutMs, priority, { lend, refuse: reject }, nowMs);
      } else {
        cancellable(signal, (ending) => core.wait(key, timeoutMs, priority, { lend: ending(lend), refuse: ending(reject) }, nowMs), (waiter, error) => {
          core.cancel(waiter, this.#driver.now());
          reject(error);
        });
      }
      if (!isAwaited) this.#driver.awaited();
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new JetSocketError("Cannot acquire", { cause: error });
}

function policyOf(options: Pick<PoolOptions<never>, "retryIf" | "backoff" | "random" | "pick">, { maxAgeMs, maxAgeJitter }: PoolLimits): PoolPolicy {
  const random = options.random ?? Math.random;
  const mayRetry = guarded((error: unknown) => options.retryIf?.(error) ?? (!isTransportError(error) || error.retryable), false, (error) => reportHandlerError(error, { event: "retryIf" }));
  return {
    pick: pickOf(options.pick ?? "lastUsed", random),
    isRetryable: (error) => error instanceof CircuitOpenError ? error instanceof CircuitProbedError : mayRetry(error),
    backoffMs: backoffOf(options.backoff ?? {}, random),
    ageMs: () => (maxAgeMs === Infinity ? Infinity : maxAgeMs * (1 - maxAgeJitter * random())),
  };
}

/** A choice of the user's that throws is reported, and counts as the first. */
function pickOf(pick: PoolPick, random: Random): Picker | undefined {
  if (typeof pick === "string") {
    if (!PICKS.includes(pick)) throw invalidOption(`Cannot use pick ${JSON.stringify(pick)}, must be a function or one of ${PICKS.join(", ")}`);
    return pickerOf(pick, random);
  }
  return pickerOf((candidates) => {
    try {
      return pick(candidates);
    } catch (error) {
      reportHandlerError(error, { event: "pick" });
      return 0;
    }
  }, random);
}

/** Full jitter: a random wait below a bound that grows with each failure, so that a fleet does not return in step. */
function backoffOf({ baseMs = 100, factor = 2, capMs = 5_000 }: PoolBackoff, random: Random): (failures: number) => number {
  return (failures) => random() * Math.min(capMs, baseMs * factor ** (failures - 1));
}
