/**
 * Is the connection alive? Pings after silence, and how long their answers took. Room: pool core.
 *
 * Anything that arrives is a sign of life; only an answer to a ping measures. Times are milliseconds of one monotonic clock.
 */
import type { HeartbeatLimits } from "./options.js";

/** Answers that the average is taken over. */
const SAMPLES = 10;

/** How long pings took, over all connections of a socket. */
export class Latency {
  readonly #samples: number[] = [];

  /** Of the last ping. */
  get lastMs(): number | undefined {
    return this.#samples.at(-1);
  }

  /** Of the last ten pings. */
  get averageMs(): number | undefined {
    const count = this.#samples.length;
    return count === 0 ? undefined : this.#samples.reduce((sum, sample) => sum + sample, 0) / count;
  }

  add(sampleMs: number): void {
    this.#samples.push(sampleMs);
    if (this.#samples.length > SAMPLES) this.#samples.shift();
  }
}

/** Of one connection. */
export class Heartbeat {
  readonly #limits: HeartbeatLimits;
  /** When the ping left whose answer is measured. */
  #pingedMs: number | undefined;
  /** Nothing has arrived since the ping. */
  #isAwaited = false;
  /** When {@link tick} has something to say. */
  deadlineMs: number;

  constructor(limits: HeartbeatLimits, nowMs: number) {
    this.#limits = limits;
    this.deadlineMs = nowMs + limits.intervalMs;
  }

  /** Something arrived. */
  alive(nowMs: number): void {
    this.#isAwaited = false;
    this.deadlineMs = nowMs + this.#limits.intervalMs;
  }

  /** @returns how long the answer took; `undefined` where none was asked for. */
  pong(nowMs: number): number | undefined {
    this.alive(nowMs);
    if (this.#pingedMs === undefined) return undefined;
    const latencyMs = nowMs - this.#pingedMs;
    this.#pingedMs = undefined;
    return latencyMs;
  }

  /** @returns whether a ping is to be sent now, or the connection is dead. */
  tick(nowMs: number): "ping" | "dead" | undefined {
    if (nowMs < this.deadlineMs) return undefined;
    return this.#isAwaited ? "dead" : this.probe(nowMs);
  }

  /** Asks at once, as after a sleep. @returns `undefined` where it is asked already, or heartbeats are off. */
  probe(nowMs: number): "ping" | undefined {
    if (this.#isAwaited || this.#limits.intervalMs === Infinity) return undefined;
    this.#isAwaited = true;
    this.#pingedMs = nowMs;
    this.deadlineMs = nowMs + this.#limits.timeoutMs;
    return "ping";
  }
}
