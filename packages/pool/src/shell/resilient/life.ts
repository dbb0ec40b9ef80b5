/**
 * The promises of one life of a resilient socket: that it opened, and that it is over; and why there is no connection meanwhile. Room: pool shell.
 */
import type { JetSocketError } from "@x/errors/pool";
import type { Outcome } from "../../core/resilient/lifecycle.js";

export class Life {
  readonly opened: Promise<void>;
  readonly over: Promise<Outcome>;
  /** Why there is no connection; `undefined` while there is one, and before the first. */
  failure: JetSocketError | undefined;
  #resolveOpened: () => void = nothing;
  #resolveOver: (outcome: Outcome) => void = nothing;
  #rejectOpened: (error: Error) => void = nothing;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.#resolveOpened = resolve;
      this.#rejectOpened = reject;
    });
    this.opened.catch(nothing); // `connect` hands it out; nobody else has to care
    this.over = new Promise((resolve) => (this.#resolveOver = resolve));
  }

  /** There is a connection. */
  adopted(): void {
    this.failure = undefined;
    this.#resolveOpened();
  }

  /** It is lost. */
  dropped(error: JetSocketError): void {
    this.failure = error;
  }

  end(outcome: Outcome): void {
    this.failure = outcome.error;
    this.#rejectOpened(outcome.error);
    this.#resolveOver(outcome);
  }
}

function nothing(): void {
  // until the promises have given their functions
}
