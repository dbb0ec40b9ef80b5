/**
 * The life of a client's connection: opening, open, lost, waiting to try again, given up.
 *
 * Room: socketio core. Time and randomness come in; the Engine.IO socket is started and stopped through the sink.
 */
import type { Random, Swept } from "@x/errors/clock";
import { retryAfterMs } from "@x/errors/retry";
import { ConnectionError, TimeoutError } from "@x/errors/socketio";
import { type BackoffPolicy, backoffMs } from "./backoff.js";

export interface ReconnectPolicy extends BackoffPolicy {
  /** Whether to connect again when the connection is lost. Default `true`. */
  readonly reconnection: boolean;
  /** Attempts after which it gives up; default Infinity. */
  readonly reconnectionAttempts: number;
  /** How long a connection must last before attempts and waits count from the beginning again. Milliseconds; default 5000. */
  readonly stableAfterMs: number;
  /** How long one attempt may take. Milliseconds; default 20 000. */
  readonly timeout: number;
  /** Whether to go on after this failure. Default: always, as socket.io does; `isRetryable` of `@x/errors/retry` stops after 401, 403, 404 and 410. */
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
  onClose(reason: string, description: unknown): void;
  /** The deadline may have moved earlier. */
  onDeadline(): void;
}

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "opening"; readonly untilMs: number; readonly attempt: number }
  | { readonly kind: "open"; readonly sinceMs: number }
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
   * Connects, unless it is open or on its way.
   * @param retriesFirst whether a failure of this first attempt is followed by others.
   */
  open(nowMs: number, retriesFirst = true): void {
    if (this.#state.kind !== "closed") return;
    this.#attempts = 0;
    this.#retriesFirst = retriesFirst;
    this.#start(nowMs, 0, undefined);
  }

  /** The Engine.IO socket is open. */
  opened(nowMs: number): void {
    if (this.#state.kind !== "opening") return;
    const { attempt } = this.#state;
    this.#state = { kind: "open", sinceMs: nowMs };
    this.#sink.onOpen(attempt);
  }

  /** The Engine.IO socket could not be opened. */
  failed(error: Error, nowMs: number): void {
    if (this.#state.kind !== "opening") return;
    const { attempt } = this.#state;
    this.#state = closed;
    this.#retry(error, nowMs, attempt > 0 || this.#retriesFirst, () => this.#sink.onError(error, attempt));
  }

  /** The open connection was lost. */
  lost(reason: string, description: unknown, nowMs: number): void {
    if (this.#state.kind !== "open") return;
    if (nowMs - this.#state.sinceMs >= this.policy.stableAfterMs) this.#attempts = 0;
    this.#state = closed;
    const error = new ConnectionError(`Connection lost: ${reason}`, { code: "socketio/connection-lost", cause: description });
    this.#retry(error, nowMs, true, () => this.#sink.onClose(reason, description));
  }

  /** The application wants no connection any more. */
  close(reason: string): void {
    const { kind } = this.#state;
    this.#state = closed;
    if (kind !== "closed") this.#sink.stopEngine();
    if (kind === "open") this.#sink.onClose(reason, undefined);
  }

  tick(nowMs: number): void {
    if (this.deadlineMs > nowMs) return;
    if (this.#state.kind === "waiting") {
      const { reason } = this.#state;
      this.#sink.onAttempt(this.#attempts);
      if (this.kind === "waiting") this.#start(nowMs, this.#attempts, reason);
    } else if (this.#state.kind === "opening") {
      this.#sink.stopEngine();
      const { timeout } = this.policy;
      const cause = new TimeoutError(`No connection within ${timeout} ms`, { code: "socketio/connect-timeout", afterMs: timeout, operation: "connect" });
      this.failed(new ConnectionError("timeout", { code: "socketio/connection-failed", cause }), nowMs);
    }
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
      const askedMs = Math.min(retryAfterMs(error) ?? 0, policy.maxRetryAfterMs);
      this.#state = { kind: "waiting", untilMs: nowMs + Math.max(askedMs, backoffMs(policy, this.#attempts, this.#random)), reason: error };
      this.#attempts++;
      this.#sink.onDeadline();
    }
    tell();
    if (gaveUp && this.kind === "closed") {
      this.#sink.onGiveUp(new ConnectionError("Reconnection failed", { code: "socketio/reconnection-failed", cause: error }));
    }
  }
}
