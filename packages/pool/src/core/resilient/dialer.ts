/**
 * The attempt to connect that is under way: never more than one, whatever it is for. Room: pool core.
 *
 * An answer counts only while its attempt is wanted; one that takes too long is abandoned.
 */
import { ConnectionTimeoutError } from "@x/errors/pool";
import type { Attempt, MachineSink } from "./lifecycle.js";

type Sink = Pick<MachineSink<never>, "open" | "abandon">;

export class Dialer {
  readonly #connectTimeoutMs: number;
  readonly #sink: Sink;
  #running: { readonly attempt: Attempt; readonly deadlineMs: number } | undefined;

  constructor(connectTimeoutMs: number, sink: Sink) {
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#sink = sink;
  }

  get isDialing(): boolean {
    return this.#running !== undefined;
  }

  /** When the attempt has taken too long. */
  get deadlineMs(): number {
    return this.#running?.deadlineMs ?? Infinity;
  }

  start(attempt: Attempt, nowMs: number): void {
    this.#running = { attempt, deadlineMs: nowMs + this.#connectTimeoutMs };
    this.#sink.open(attempt);
  }

  /** An attempt has ended, one way or the other. @returns whether anybody wants to know. */
  answered(attempt: Attempt): boolean {
    if (this.#running?.attempt !== attempt) return false;
    this.#running = undefined;
    return true;
  }

  /** The attempt, if there is one, is not wanted any more. */
  abandon(reason: Error): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#sink.abandon(running.attempt, reason);
  }

  /** @returns the failure of an attempt that has taken too long; it is abandoned. */
  tick(nowMs: number): ConnectionTimeoutError | undefined {
    if (this.deadlineMs > nowMs) return undefined;
    const error = notOpenAfter(this.#connectTimeoutMs);
    this.abandon(error);
    return error;
  }
}

export function notOpenAfter(afterMs: number): ConnectionTimeoutError {
  return new ConnectionTimeoutError(`Cannot connect: not open after ${afterMs} ms`, { operation: "connect", afterMs });
}
