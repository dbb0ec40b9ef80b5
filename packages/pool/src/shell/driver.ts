/**
 * Between the machine and the user's functions: starts attempts, checks and closings, and reports how they ended.
 *
 * Room: pool shell. Attempts and closings run in a later microtask, so that user code never runs inside the machine;
 * only a check is called directly, because it may answer at once.
 */
import { Sweep, backgroundClock, systemClock, type Clock, type Swept } from "@x/errors/clock";
import { callSafely, reportHandlerError } from "@x/errors/handlers";
import { PoolError } from "@x/errors/pool";
import type { PoolSink } from "../core/lending.js";
import type { PoolLimits } from "../core/options.js";
import { PoolCore, type PoolPolicy } from "../core/pool.js";
import type { Slot } from "../core/slot.js";
import type { PoolErrorContext, PoolOptions } from "./options.js";

export class Driver<R> implements PoolSink<R> {
  readonly core: PoolCore<R>;
  readonly #options: PoolOptions<R>;
  readonly #clock: Clock;
  /** Attempts and checks under way, by slot. */
  readonly #abortable = new Map<Slot<R>, AbortController>();
  /** Borrowers who wait keep the process alive; evicting idle resources does not. */
  readonly #waitSweep: Sweep;
  readonly #housekeepingSweep: Sweep;
  readonly #waits: Swept;
  readonly #onEmptied: () => void;

  constructor(options: PoolOptions<R>, limits: PoolLimits, policy: PoolPolicy, onEmptied: () => void) {
    this.#options = options;
    this.#onEmptied = onEmptied;
    this.#clock = options.clock ?? systemClock;
    const core = (this.core = new PoolCore<R>(limits, policy, this));
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
    if (this.#options.validate === undefined) return true;
    const controller = this.#abortController(slot);
    let answer: boolean | Promise<boolean>;
    try {
      answer = this.#options.validate(resource, { key: slot.shelf.key, idleMs, signal: controller.signal });
    } catch (error) {
      this.#report(error, "validate", slot);
      answer = false;
    }
    if (typeof answer === "boolean") {
      this.#abortable.delete(slot);
      return answer;
    }
    void this.#checked(slot, answer);
    return undefined;
  }

  abandon(slot: Slot<R>, reason: unknown): void {
    this.#abortable.get(slot)?.abort(reason);
  }

  close(slot: Slot<R>, resource: R): void {
    void this.#close(slot, resource);
  }

  writtenOff(slot: Slot<R>): void {
    this.#report(new PoolError("Cannot close: resource did not end in time, its place is given away"), "close", slot);
  }

  emptied(): void {
    this.#housekeepingSweep.delete(this.core);
    this.#waitSweep.delete(this.#waits);
    this.#onEmptied();
  }

  async #connect(slot: Slot<R>, signal: AbortSignal): Promise<void> {
    await Promise.resolve();
    let resource: R;
    try {
      const ended = (): void => this.core.ended(slot, this.now());
      resource = await this.#options.connect({ key: slot.shelf.key, signal, ended });
    } catch (error) {
      this.#abortable.delete(slot);
      if (!signal.aborted) this.#report(error, "connect", slot);
      this.core.failed(slot, error, this.now());
      return;
    }
    this.#abortable.delete(slot);
    this.core.connected(slot, resource, this.now());
  }

  async #checked(slot: Slot<R>, answer: Promise<boolean>): Promise<void> {
    let isFit = false;
    try {
      isFit = await answer;
    } catch (error) {
      this.#report(error, "validate", slot);
    }
    this.#abortable.delete(slot);
    this.core.checked(slot, isFit, this.now());
  }

  async #close(slot: Slot<R>, resource: R): Promise<void> {
    await Promise.resolve();
    try {
      await this.#options.close(resource);
    } catch (error) {
      this.#report(error, "close", slot);
    }
    this.core.gone(slot, this.now());
  }

  #abortController(slot: Slot<R>): AbortController {
    const controller = new AbortController();
    this.#abortable.set(slot, controller);
    return controller;
  }

  #report(error: unknown, operation: PoolErrorContext["operation"], slot: Slot<R>): void {
    const context: PoolErrorContext = { operation, key: slot.shelf.key };
    // A borrower hears of the others: as the refusal, or as the cause of exhaustion.
    if (this.#options.onError === undefined && operation === "close") reportHandlerError(error, { event: "close" });
    else callSafely(() => this.#options.onError?.(error, context), []);
  }
}
