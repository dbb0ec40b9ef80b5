/**
 * Keepalive by Ping (RFC 6455 §5.5.2): one stamp per connection, no timer. Anything heard from the peer is a sign of life.
 *
 * Room: simple-ws core. Knows times only; {@link Connection} sends the Ping and fails the connection. Times are milliseconds.
 */
export type KeepaliveStep = "wait" | "ping" | "timeout";

export class Keepalive {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #heardMs: number;
  #pingedMs = 0;
  /** A Ping is out and nothing has been heard since. */
  #isAwaiting = false;

  /** @param timeoutMs 0 means that an unanswered Ping ends nothing. */
  constructor(intervalMs: number, timeoutMs: number, nowMs: number) {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#heardMs = nowMs;
  }

  /** Bytes came in, whatever they were. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#isAwaiting = false;
  }

  /** When {@link tick} has something to do next. */
  get deadlineMs(): number {
    if (!this.#isAwaiting) return this.#heardMs + this.#intervalMs;
    return this.#pingedMs + (this.#timeoutMs > 0 ? this.#timeoutMs : this.#intervalMs);
  }

  tick(nowMs: number): KeepaliveStep {
    if (nowMs < this.deadlineMs) return "wait";
    if (this.#isAwaiting && this.#timeoutMs > 0) return "timeout";
    this.#pingedMs = nowMs;
    this.#isAwaiting = true;
    return "ping";
  }
}
