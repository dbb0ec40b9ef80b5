/**
 * The order of one channel's messages: which is the next, which came before, after which something is missing.
 *
 * Room: market. Positions grow by one; a snapshot begins anew.
 */
import type { Message } from "../shared/protocol.js";

export type Verdict = "next" | "duplicate" | "gap";

export class Sequence {
  #last: number | undefined;

  /** @param after what is known already. */
  constructor(after?: number) {
    this.#last = after;
  }

  /** Of the last message that was the next one. */
  get last(): number | undefined {
    return this.#last;
  }

  judge({ type, position }: Message): Verdict {
    if (type === "snapshot" || type === "status" || this.#last === undefined || position === this.#last + 1) {
      this.#last = position;
      return "next";
    }
    return position <= this.#last ? "duplicate" : "gap";
  }
}
