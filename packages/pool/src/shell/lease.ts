/**
 * What a borrower holds. Room: pool shell.
 */
import { InvalidStateError } from "@x/errors/pool";
import type { Slot } from "../core/slot.js";

/** Where a lease goes back to. */
export interface Lender<R> {
  giveBack(lease: Lease<R>, slot: Slot<R>, keep: boolean): void;
}

/** One resource for one borrower, until {@link release} or {@link destroy}; `await using` releases it. */
export class Lease<R> {
  readonly #lender: Lender<R>;
  /** `undefined` once given back. */
  #slot: Slot<R> | undefined;

  constructor(lender: Lender<R>, slot: Slot<R>) {
    this.#lender = lender;
    this.#slot = slot;
  }

  /** The resource. Do not keep it beyond the lease.
   *  @throws {InvalidStateError} `pool/lease-released` after `release`, `destroy` or the forced end of the pool. */
  get resource(): R {
    const state = this.#slot?.state;
    if (state?.kind === "lent") return state.resource;
    throw new InvalidStateError("Cannot use resource: lease is released, must be held", {
      code: "pool/lease-released",
      currentState: "released",
      allowedStates: ["held"],
    });
  }

  /** False once given back, and once the pool took the resource away at the end of its closing time. */
  get isHeld(): boolean {
    return this.#slot?.state.kind === "lent";
  }

  /** Gives the resource back; the longest-waiting borrower gets it. Later calls do nothing. */
  release(): void {
    this.#giveBack(true);
  }

  /** Gives the resource back to be closed, because its state is unknown or broken. Later calls do nothing. */
  destroy(): void {
    this.#giveBack(false);
  }

  /** {@link release}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#giveBack(true);
    return Promise.resolve();
  }

  #giveBack(keep: boolean): void {
    const slot = this.#slot;
    if (slot === undefined) return;
    this.#slot = undefined;
    this.#lender.giveBack(this, slot, keep);
  }
}
