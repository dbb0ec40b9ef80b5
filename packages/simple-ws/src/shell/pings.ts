/**
 * Pings whose Pong somebody waits for (RFC 6455 §5.5.2, §5.5.3).
 *
 * Room: simple-ws shell. Created with a connection's first `ping()`. Times are milliseconds.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { WebSocketTimeoutException } from "@x/errors/wsframe";
import { Deferred, handled } from "./deferred.js";

interface Waiting {
  readonly payload: Uint8Array;
  readonly sentMs: number;
  readonly pong: Deferred<number>;
  readonly timer: Timer | undefined;
}

export class Pings {
  readonly #clock: Clock;
  readonly #maxPings: number;
  #waiting: Waiting[] = [];
  #count = 0;
  #latencyMs: number | undefined;

  constructor(clock: Clock, maxPings: number) {
    this.#clock = clock;
    this.#maxPings = maxPings;
  }

  /** Of the Ping answered last. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  /** @throws {SimpleWebsocketError} `simple-ws/too-many-pings`. */
  checkRoom(): void {
    if (this.#waiting.length < this.#maxPings) return;
    throw new SimpleWebsocketError(`Cannot ping: ${this.#maxPings} pings wait already, must be fewer`, { code: "simple-ws/too-many-pings" });
  }

  /** A payload that no other Ping of this connection has. */
  nextPayload(): Uint8Array {
    return new TextEncoder().encode(`ping ${++this.#count}`);
  }

  add(payload: Uint8Array, timeoutMs: number): Promise<number> {
    const pong = new Deferred<number>();
    const timer = timeoutMs === Infinity ? undefined : this.#clock.setTimer(() => this.#expire(entry, timeoutMs), timeoutMs);
    const entry: Waiting = { payload, sentMs: this.#clock.now(), pong, timer };
    this.#waiting.push(entry);
    return handled(pong.promise);
  }

  /** A Pong answers its Ping and those before it (§5.5.3). */
  answer(payload: Uint8Array): void {
    const index = this.#waiting.findIndex((entry) => isSame(entry.payload, payload));
    if (index < 0) return; // unsolicited, which §5.5.3 allows
    const nowMs = this.#clock.now();
    for (const entry of this.#waiting.splice(0, index + 1)) {
      this.#release(entry);
      this.#latencyMs = nowMs - entry.sentMs;
      entry.pong.resolve(this.#latencyMs);
    }
  }

  fail(error: unknown): void {
    for (const entry of this.#waiting.splice(0)) {
      this.#release(entry);
      entry.pong.reject(error);
    }
  }

  #expire(entry: Waiting, timeoutMs: number): void {
    this.#waiting = this.#waiting.filter((other) => other !== entry);
    entry.pong.reject(new WebSocketTimeoutException(`Cannot ping: no pong within ${timeoutMs} ms`, { phase: "ping", afterMs: timeoutMs }));
  }

  #release(entry: Waiting): void {
    if (entry.timer !== undefined) this.#clock.clearTimer(entry.timer);
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
