/**
 * When one connection is replaced, before it is too old. Room: pool core.
 *
 * The old connection serves on until the new one is open; an attempt that fails is made again when the policy says so, or never.
 */
import type { NextAttempt } from "@x/errors/retry";
import type { Attempt } from "./lifecycle.js";
import type { SocketLimits } from "./options.js";

export class Renewal {
  /** When the next attempt is to begin; Infinity while one is under way. */
  deadlineMs: number;
  #attempt = 1;

  /** @param random in [0, 1): a fleet does not renew in step. */
  constructor({ maxAgeMs, maxAgeJitter }: SocketLimits, random: () => number, nowMs: number) {
    this.deadlineMs = maxAgeMs === Infinity ? Infinity : nowMs + maxAgeMs * (1 - maxAgeJitter * random());
  }

  /** @returns an attempt that is to be made, from now on under way. */
  start(nowMs: number): Attempt | undefined {
    if (this.deadlineMs > nowMs) return undefined;
    this.deadlineMs = Infinity;
    return { reason: "renew", attempt: this.#attempt, cause: undefined };
  }

  /** @param next when another attempt is made; `undefined`: never. */
  failed(next: NextAttempt | undefined, nowMs: number): void {
    if (next === undefined) return;
    this.deadlineMs = nowMs + next.delayMs;
    this.#attempt = next.attempt;
  }
}
