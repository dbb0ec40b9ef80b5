/**
 * The life of a client's connection: opening, open, lost, waiting to try again, given up.
 *
 * Room: socketio core. Time and randomness come in; the Engine.IO socket is started and stopped through the sink.
 */
import type { Random, Swept } from "@x/errors/clock";
import { ConnectionError, TimeoutError } from "@x/errors/socketio";
import { type BackoffPolicy, retryInMs } from "./backoff.js";

export interface ReconnectPolicy extends BackoffPolicy {
  /** Whether to connect again when the connection is lost. Default `true`. */
  readonly reconnection: boolean;
  /** Attempts after which it gives up; default Infinity. */
  readonly reconnectionAttempts: number;
  /** How long a connection must last before attempts and waits count from the beginning again. Milliseconds; default 5000. */
  readonly stableAfterMs: number;
  /** How long opening a connection may take, and then each namespace's answer. Milliseconds; default 20 000. */
  readonly timeout: number;
  /**
   * Whether to go on after this failure. Default: always, as socket.io does; `isRetryable` of `@x/errors/retry` stops after 401, 403, 404
   * and 410. One that throws says no, and `onError` is told.
   */
  readonly retryIf: (error: Error) => boolean;
  /** Most of a server's wish (`Retry-After`, or `retryAfterMs` in the data of a refusal) that is granted. Milliseconds; default 120 000. */
  readonly maxRetryAfterMs: number;
}

export interface ClientConnectionSink {
  /**
   * Begin to connect; answer with {@link ClientConnection.opened} or {@link ClientConnection.failed}.
   * @param attempt 0 for one that is not a repeated one.
   * @param reason the failure that made it necessary.
   */
  startEngine(attempt: number, reason: Error | undefined): void;
  /** Drop the Engine.IO socket; nothing of it counts any more. */
  stopEngine(): void;
  /** @param attempt 0 for a connection that was not a repeated one. */
  onOpen(attempt: number): void;
  onError(error: Error, attempt: number): void;
  onAttempt(attempt: number): void;
  onGiveUp(error: Error): void;
  /** @param error what whoever was not connected yet is told. */
  onClose(reason: string, description: unknown, error: Error): void;
  /** The deadline may have moved earlier. */
  onDeadline(): void;
}

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "opening"; readonly untilMs: number; readonly attempt: number }
  | { readonly kind: "open"; readonly answeredMs: number } // Infinity until then
  | { readonly kind: "waiting"; readonly untilMs: number; readonly reason: Error };

const closed: State = { kind: "closed" };

export class ClientConnection implements Swept {
  /** May be changed between attempts. */
  policy: ReconnectPolicy;
  readonly #sink: ClientConnectionSink;
  readonly #random: Random;
  #state: State = closed;
  /** Attempts since the last stable connection. */
  #attempts = 0;
  #retriesFirst = true;

  constructor(policy: ReconnectPolicy, random: Random, sink: ClientConnectionSink) {
    this.policy = policy;
    this.#random = random;
    this.#sink = sink;
  }

  get kind(): State["kind"] {
    return this.#state.kind;
  }

  get deadlineMs(): number {
    return "untilMs" in this.#state ? this.#state.untilMs : Infinity;
  }

  /**
   * Connects, unless it is open or on its way; at once, where it waits for another attempt.
   * @param retriesFirst whether a failure of a first attempt is followed by others.
   */
  open(nowMs: number, retriesFirst = true): void {
    if (this.#state.kind === "waiting") this.#startAgain(nowMs, this.#state);
    if (this.#state.kind !== "closed") return;
    this.#attempts = 0;
    this.#retriesFirst = retriesFirst;
    this.#start(nowMs, 0, undefined);
  }

  /** The Engine.IO socket is open. */
  opened(): void {
    if (this.#state.kind !== "opening") return;
    const { attempt } = this.#state;
    this.#state = { kind: "open", answeredMs: Infinity };
    this.#sink.onOpen(attempt);
  }

  /** The server let somebody in: only from now on can the connection prove stable. */
  answered(nowMs: number): void {
    if (this.#state.kind === "open" && this.#state.answeredMs === Infinity) this.#state = { kind: "open", answeredMs: nowMs };
  }

  /** The Engine.IO socket could not be opened. */
  failed(error: Error, nowMs: number): void {
    if (this.#state.kind !== "opening") return;
    const { attempt } = this.#state;
    this.#state = closed;
    this.#retry(error, nowMs, attempt > 0 || this.#retriesFirst, () => this.#sink.onError(error, attempt));
  }

  /** The open connection was lost, or is given up. */
  lost(reason: string, description: unknown, nowMs: number, error: Error = lostError(reason, description)): void {
    if (this.#state.kind !== "open") return;
    if (nowMs - this.#state.answeredMs >= this.policy.stableAfterMs) this.#attempts = 0;
    this.#state = closed;
    this.#retry(error, nowMs, true, () => this.#sink.onClose(reason, description, error));
  }

  /** The application wants no connection any more. */
  close(reason: string): void {
    const { kind } = this.#state;
    this.#state = closed;
    if (kind !== "closed") this.#sink.stopEngine();
    if (kind === "open") this.#sink.onClose(reason, undefined, lostError(reason, undefined));
  }

  tick(nowMs: number): void {
    if (this.deadlineMs > nowMs) return;
    if (this.#state.kind === "waiting") {
      this.#startAgain(nowMs, this.#state);
    } else if (this.#state.kind === "opening") {
      this.#sink.stopEngine();
      this.failed(timeoutError(this.policy), nowMs);
    }
  }

  #startAgain(nowMs: number, { reason, untilMs }: Extract<State, { kind: "waiting" }>): void {
    if (untilMs === Infinity) return; // being announced
    this.#state = { kind: "waiting", untilMs: Infinity, reason };
    this.#sink.onAttempt(this.#attempts);
    if (this.kind === "waiting") this.#start(nowMs, this.#attempts, reason);
  }

  #start(nowMs: number, attempt: number, reason: Error | undefined): void {
    this.#state = { kind: "opening", untilMs: nowMs + this.policy.timeout, attempt };
    this.#sink.onDeadline();
    this.#sink.startEngine(attempt, reason);
  }

  /** The next state is settled before the application hears of the last: it may want to close or open at once. */
  #retry(error: Error, nowMs: number, mayRetry: boolean, tell: () => void): void {
    const { policy } = this;
    const wants = policy.reconnection && mayRetry && policy.retryIf(error);
    const gaveUp = wants && this.#attempts >= policy.reconnectionAttempts;
    if (wants && !gaveUp) {
      this.#state = { kind: "waiting", untilMs: nowMs + retryInMs(policy, error, this.#attempts, this.#random), reason: error };
      this.#attempts++;
      this.#sink.onDeadline();
    }
    tell();
    if (gaveUp && this.kind === "closed") {
      this.#sink.onGiveUp(new ConnectionError("Reconnection failed", { code: "socketio/reconnection-failed", cause: error }));
    }
  }
}

function lostError(reason: string, description: unknown): ConnectionError {
  return new ConnectionError(`Connection lost: ${reason}`, { code: "socketio/connection-lost", cause: description });
}

/** @returns what an attempt fails with that took longer than the policy's `timeout`. */
export function timeoutError({ timeout }: Pick<ReconnectPolicy, "timeout">): ConnectionError {
  const cause = new TimeoutError(`No connection within ${timeout} ms`, { code: "socketio/connect-timeout", afterMs: timeout, operation: "connect" });
  return new ConnectionError("timeout", { cause });
}
