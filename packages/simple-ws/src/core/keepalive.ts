/**
 * Signs of life: Pings while the peer is silent (RFC 6455 §5.5.2), and an end for peers that say nothing of use. Stamps, no
 * timers. Anything heard from the peer answers a Ping; only messages put off the idle timeout.
 *
 * Room: simple-ws core. Knows times only; {@link Connection} sends the Ping and fails the connection. Whole milliseconds.
 */
export type KeepaliveStep = "wait" | "ping" | "timeout" | "idle";

export interface KeepaliveSettings {
  /** 0 sends none. */
  readonly pingIntervalMs: number;
  /** 0 means that an unanswered Ping ends nothing. */
  readonly pingTimeoutMs: number;
  /** 0 waits for ever. */
  readonly idleTimeoutMs: number;
}

export class Keepalive {
  readonly #settings: KeepaliveSettings;
  #heardMs: number;
  #messageMs: number;
  /** When the Ping left since which nothing has been heard; -1 for none. */
  #pingedMs = -1;
  #latencyMs = -1;

  constructor(settings: KeepaliveSettings, nowMs: number) {
    this.#settings = settings;
    this.#heardMs = nowMs;
    this.#messageMs = nowMs;
  }

  /** From the last Ping to the first sign of life after it; `undefined` before one came. */
  get latencyMs(): number | undefined {
    return this.#latencyMs < 0 ? undefined : this.#latencyMs;
  }

  /** Bytes came in, whatever they were. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
    if (this.#pingedMs < 0) return;
    this.#latencyMs = nowMs - this.#pingedMs;
    this.#pingedMs = -1;
  }

  /** A message came in. */
  received(nowMs: number): void {
    this.#messageMs = nowMs;
  }

  /** Reading goes on: what the peer did not say before was not its fault. */
  resumed(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#messageMs = nowMs;
    this.#pingedMs = -1;
  }

  /** When {@link tick} has something to do next. */
  get deadlineMs(): number {
    return Math.min(this.#pingDeadlineMs, this.#idleDeadlineMs);
  }

  tick(nowMs: number): KeepaliveStep {
    if (nowMs >= this.#idleDeadlineMs) return "idle";
    if (nowMs < this.#pingDeadlineMs) return "wait";
    if (this.#pingedMs >= 0 && this.#settings.pingTimeoutMs > 0) return "timeout";
    this.#pingedMs = nowMs;
    return "ping";
  }

  get #idleDeadlineMs(): number {
    const { idleTimeoutMs } = this.#settings;
    return idleTimeoutMs > 0 ? this.#messageMs + idleTimeoutMs : Infinity;
  }

  get #pingDeadlineMs(): number {
    const { pingIntervalMs, pingTimeoutMs } = this.#settings;
    if (!(pingIntervalMs > 0)) return Infinity;
    if (this.#pingedMs < 0) return this.#heardMs + pingIntervalMs;
    return this.#pingedMs + (pingTimeoutMs > 0 ? pingTimeoutMs : pingIntervalMs);
  }
}
