/**
 * The promises of one life of a resilient socket: that it opened, and that it is over. Room: pool shell.
 */
import type { Outcome } from "../../core/resilient/lifecycle.js";

export class Life {
  readonly opened: Promise<void>;
  readonly over: Promise<Outcome>;
  resolveOpened: () => void = nothing;
  resolveOver: (outcome: Outcome) => void = nothing;
  #rejectOpened: (error: Error) => void = nothing;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.opened.catch(nothing); // `connect` hands it out; nobody else has to care
    this.over = new Promise((resolve) => (this.resolveOver = resolve));
  }

  end(outcome: Outcome): void {
    this.#rejectOpened(outcome.error);
    this.resolveOver(outcome);
  }
}

function nothing(): void {
  // until the promises have given their functions
}
