/**
 * One attempt to open a connection: how far it has come, how long it may take, and how it is given up.
 *
 * Room: simple-ws node. Whatever is waited for on its behalf listens to {@link Attempt.signal}. Times are milliseconds.
 */
import type { Duplex } from "node:stream";
import type { Clock, Timer } from "@x/errors/clock";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { WebSocketBadStatusException, WebSocketException, WebSocketTimeoutException } from "@x/errors/wsframe";
import { abortedError, connectionError, systemFailure, timeoutFailure, type OpeningPhase } from "./failures.js";

export class Attempt {
  readonly #clock: Clock;
  readonly #hostname: string;
  readonly #given: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => {
    if (this.#given !== undefined) this.#controller.abort(abortedError(this.#given, this.phase));
  };
  #timer: Timer | undefined;
  phase: OpeningPhase = "dns";

  /** @param given the caller's signal. */
  constructor(clock: Clock, hostname: string, given: AbortSignal | undefined) {
    this.#clock = clock;
    this.#hostname = hostname;
    this.#given = given;
    given?.addEventListener("abort", this.#onAbort, { once: true });
    if (given?.aborted === true) this.#onAbort();
  }

  /** Its reason is the error to report. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives up after so long from now; replaces the limit before. */
  limit(afterMs: number): void {
    this.#stopTimer();
    if (afterMs !== Infinity) this.#timer = this.#clock.setTimer(() => this.#controller.abort(timeoutFailure(this.phase, afterMs)), afterMs);
  }

  /** It has succeeded or failed: no timer and no listener stays. */
  end(): void {
    this.#stopTimer();
    this.#given?.removeEventListener("abort", this.#onAbort);
  }

  /** Whatever went wrong, as what `connect` throws. A refusal whose body did not come in time is still a refusal. */
  failure(error: unknown): SimpleWebsocketError {
    const { signal } = this;
    const reason: unknown = signal.reason;
    const isRefused = error instanceof WebSocketBadStatusException && reason instanceof WebSocketTimeoutException;
    const cause: unknown = signal.aborted && !isRefused ? reason : error;
    if (cause instanceof SimpleWebsocketError) return cause;
    return connectionError(cause instanceof WebSocketException ? cause : systemFailure(cause, this.phase, this.#hostname), this.phase);
  }

  /** `work`, unless the attempt is given up first; what comes too late is handed to `dispose`. */
  async race<Value>(work: Value | PromiseLike<Value>, dispose: (late: Value) => void = ignore): Promise<Value> {
    const { signal } = this;
    let onAbort: () => void = ignore;
    const over = new Promise<never>((_, reject) => (onAbort = () => reject(errorOf(signal.reason))));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([work, over]);
    } catch (error) {
      if (signal.aborted) void Promise.resolve(work).then(dispose, ignore);
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Resolves with the event of `stream`; rejects with its error, its end, or the attempt's, and then destroys it. */
  until(stream: Duplex, event: string): Promise<void> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        stream.off(event, onEvent).off("error", fail).off("close", onClose);
        signal.removeEventListener("abort", onAbort);
        outcome();
      };
      const fail = (error: unknown): void => settle(() => {
        stream.on("error", ignore).destroy(); // a destroyed stream may still report
        reject(errorOf(error));
      });
      const onEvent = (): void => settle(resolve);
      const onClose = (): void => fail(undefined);
      const onAbort = (): void => fail(signal.reason);
      stream.on(event, onEvent).on("error", fail).on("close", onClose);
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    });
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the connection ended");
}

function ignore(): void {
  // the outcome is known
}
