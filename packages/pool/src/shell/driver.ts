/**
 * Between the machine and the user's functions: starts attempts, checks and closings, and reports how they ended.
 *
 * Room: pool shell. Attempts, closings and the listeners of signals run in a later microtask, so that user code never runs inside the
 * machine; only a check is called directly, because it may answer at once.
 */
import { Sweep, backgroundClock, systemClock, type Clock, type Swept } from "@x/errors/clock";
import { callSafely, reportHandlerError } from "@x/errors/handlers";
import { PoolError } from "@x/errors/pool";
import type { PoolLimits } from "../core/options.js";
import { PoolCore, type PoolPolicy } from "../core/pool.js";
import type { PoolSink } from "../core/sink.js";
import type { Slot } from "../core/slot.js";
import { Circuits } from "./circuits.js";
import type { LeakWatch } from "./leak-watch.js";
import type { PoolErrorContext, PoolOptions, ValidateContext } from "./options.js";

export class Driver<R> implements PoolSink<R> {
  readonly core: PoolCore<R>;
  readonly circuits: Circuits | undefined;
  readonly #options: PoolOptions<R>;
  readonly #validateAfterIdleMs: number;
  readonly #clock: Clock;
  /** Attempts and checks under way, by slot. */
  readonly #abortable = new Map<Slot<R>, AbortController>();
  /** Borrowers who wait keep the process alive; evicting idle resources does not. */
  readonly #waitSweep: Sweep;
  readonly #housekeepingSweep: Sweep;
  readonly #waits: Swept;
  #leaks: LeakWatch | undefined;
  readonly #onEmptied: () => void;

  constructor(options: PoolOptions<R>, limits: PoolLimits, policy: PoolPolicy, onEmptied: () => void) {
    this.#options = options;
    this.#onEmptied = onEmptied;
    this.#clock = options.clock ?? systemClock;
    this.#validateAfterIdleMs = limits.validateAfterIdleMs;
    if (options.circuit !== undefined) this.circuits = new Circuits(options.circuit, this.#clock, (error) => policy.isRetryable(error));
    const checked = options.reset === undefined ? limits : { ...limits, validateAfterIdleMs: 0 };
    const core = (this.core = new PoolCore<R>(checked, policy, this));
    this.#waits = {
      get deadlineMs() {
        return core.isAwaited ? core.deadlineMs : Infinity;
      },
      tick: (nowMs) => core.tick(nowMs),
    };
    this.#waitSweep = new Sweep(this.#clock);
    this.#housekeepingSweep = new Sweep(options.clock ?? backgroundClock);
    this.#waitSweep.add(this.#waits);
    this.#housekeepingSweep.add(core);
  }

  now(): number {
    return this.#clock.now();
  }

  /** Somebody began to wait: what was housekeeping before may now have to keep the process alive. */
  awaited(): void {
    this.#waitSweep.touch(this.#waits);
  }

  wake(): void {
    this.#housekeepingSweep.touch(this.core);
    this.#waitSweep.touch(this.#waits);
  }

  connect(slot: Slot<R>): void {
    const { signal } = this.#abortController(slot);
    void this.#connect(slot, signal);
  }

  check(slot: Slot<R>, resource: R, idleMs: number): boolean | undefined {
    if (this.#options.validate === undefined && this.#options.reset === undefined) return true;
    const controller = this.#abortController(slot);
    let answer: boolean | Promise<boolean>;
    try {
      answer = this.#isFit(resource, { key: slot.shelf.key, idleMs, signal: controller.signal });
    } catch (error) {
      this.#report(error, "validate", slot.shelf.key);
      answer = false;
    }
    if (typeof answer === "boolean") {
      this.#abortable.delete(slot);
      return answer;
    }
    void this.#checked(slot, answer);
    return undefined;
  }

  /** Lets the pool's timer tick this too, until the pool has closed; to be called again when its deadline has moved. */
  watch(leaks: LeakWatch): void {
    this.#leaks = leaks;
    this.#housekeepingSweep.add(leaks);
  }

  leaked(error: PoolError, key: string): void {
    this.#report(error, "lend", key);
  }

  abandon(slot: Slot<R>, reason: unknown): void {
    const controller = this.#abortable.get(slot);
    queueMicrotask(() => controller?.abort(reason));
  }

  close(slot: Slot<R>, resource: R): void {
    void this.#close(slot, resource);
  }

  writtenOff(slot: Slot<R>): void {
    this.#report(new PoolError("Cannot close: resource did not end in time, its place is given away"), "close", slot.shelf.key);
  }

  emptied(): void {
    this.#housekeepingSweep.delete(this.core);
    if (this.#leaks !== undefined) this.#housekeepingSweep.delete(this.#leaks);
    this.#waitSweep.delete(this.#waits);
    this.#onEmptied();
  }

  async #connect(slot: Slot<R>, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    let resource: R;
    try {
      const ended = (): void => this.core.ended(slot, this.now());
      const { key } = slot.shelf;
      const connect = (): R | Promise<R> => this.#options.connect({ key, signal, ended });
      resource = await (this.circuits === undefined ? connect() : this.circuits.connect(key, signal, connect));
    } catch (error) {
      this.#abortable.delete(slot);
      if (!signal.aborted) this.#report(error, "connect", slot.shelf.key);
      this.core.failed(slot, error, this.now());
      return;
    }
    this.#abortable.delete(slot);
    this.core.connected(slot, resource, this.now());
  }

  /** Reset, and checked if it was idle for long enough. */
  #isFit(resource: R, context: ValidateContext): boolean | Promise<boolean> {
    const done = this.#options.reset?.(resource, context);
    const validate = (): boolean | Promise<boolean> => context.idleMs < this.#validateAfterIdleMs || (this.#options.validate?.(resource, context) ?? true);
    return done === undefined ? validate() : Promise.resolve(done).then(validate);
  }

  async #checked(slot: Slot<R>, answer: Promise<boolean>): Promise<void> {
    let isFit = false;
    try {
      isFit = await answer;
    } catch (error) {
      this.#report(error, "validate", slot.shelf.key);
    }
    this.#abortable.delete(slot);
    this.core.checked(slot, isFit, this.now());
  }

  async #close(slot: Slot<R>, resource: R): Promise<void> {
    await Promise.resolve();
    try {
      await this.#options.close(resource);
    } catch (error) {
      this.#report(error, "close", slot.shelf.key);
    }
    this.core.gone(slot, this.now());
  }

  #abortController(slot: Slot<R>): AbortController {
    const controller = new AbortController();
    this.#abortable.set(slot, controller);
    return controller;
  }

  #report(error: unknown, operation: PoolErrorContext["operation"], key: string): void {
    const context: PoolErrorContext = { operation, key };
    // A borrower hears of the others: as the refusal, or as the cause of exhaustion.
    if (this.#options.onError === undefined && (operation === "close" || operation === "lend")) reportHandlerError(error, { event: operation });
    else callSafely(() => this.#options.onError?.(error, context), []);
  }
}
