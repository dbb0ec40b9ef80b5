/**
 * One connection's replacement before it is too old: when, and the attempt under way. Room: pool core.
 *
 * The old connection serves on until the new one is open; an attempt that fails is made again when the policy says so, or never.
 */
import type { NextAttempt } from "@x/errors/retry";
import type { Attempt } from "./lifecycle.js";
import type { SocketLimits } from "./options.js";

/** An attempt under way. */
export interface Running {
  readonly attempt: Attempt;
  readonly deadlineMs: number;
}

type State =
  | { readonly kind: "due"; readonly atMs: number; readonly attempt: number }
  | { readonly kind: "running"; readonly running: Running };

export class Renewal {
  readonly #connectTimeoutMs: number;
  #state: State;

  /** @param random in [0, 1): a fleet does not renew in step. */
  constructor({ connectTimeoutMs, maxAgeMs, maxAgeJitter }: SocketLimits, random: () => number, nowMs: number) {
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#state = { kind: "due", atMs: maxAgeMs === Infinity ? Infinity : nowMs + maxAgeMs * (1 - maxAgeJitter * random()), attempt: 1 };
  }

  /** When the next attempt is to begin, or the present one has taken too long. */
  get deadlineMs(): number {
    return this.#state.kind === "due" ? this.#state.atMs : this.#state.running.deadlineMs;
  }

  get running(): Running | undefined {
    return this.#state.kind === "running" ? this.#state.running : undefined;
  }

  /** @returns an attempt that is to be made, from now on under way. */
  start(nowMs: number): Attempt | undefined {
    if (this.#state.kind === "running" || this.#state.atMs > nowMs) return undefined;
    const attempt: Attempt = { reason: "renew", attempt: this.#state.attempt, cause: undefined };
    this.#state = { kind: "running", running: { attempt, deadlineMs: nowMs + this.#connectTimeoutMs } };
    return attempt;
  }

  /** @returns the attempt, if it has taken too long: it has {@link failed}. */
  overdue(nowMs: number): Attempt | undefined {
    return this.#state.kind === "running" && this.#state.running.deadlineMs <= nowMs ? this.#state.running.attempt : undefined;
  }

  /** @param next when another attempt is made; `undefined`: never. */
  failed(next: NextAttempt | undefined, nowMs: number): void {
    this.#state = { kind: "due", atMs: next === undefined ? Infinity : nowMs + next.delayMs, attempt: next?.attempt ?? 1 };
  }
}
