/**
 * A client's half of the heartbeat (protocol document §"Heartbeat"): the server's next PING must come within both of its times.
 *
 * Room: engineio core. Times are milliseconds of one monotonic clock. The server's half is `Heartbeat`.
 */
import type { Handshake } from "./open.js";

/** A process that was stopped this much longer than planned (a machine asleep, a blocked event loop) first reads what arrived meanwhile… */
const STALLED_MS = 500;
/** …and for that takes at most this long. */
const GRACE_MS = 1000;

/** It owns no timer, only a deadline. */
export class ClientHeartbeat {
  #deadlineMs = Infinity;
  #silenceMs = 0;
  #graceMs = 0;
  #isStalled = false;

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /** The session is open. */
  start(nowMs: number, { pingInterval, pingTimeout }: Handshake): void {
    this.#silenceMs = pingInterval + pingTimeout;
    this.#graceMs = Math.min(GRACE_MS, pingTimeout);
    this.heard(nowMs);
  }

  /** A PING came. */
  heard(nowMs: number): void {
    this.#isStalled = false;
    this.#deadlineMs = nowMs + this.#silenceMs;
  }

  /** @returns whether the server is gone. */
  isOver(nowMs: number): boolean {
    if (nowMs < this.#deadlineMs) return false;
    if (this.#isStalled || nowMs - this.#deadlineMs < STALLED_MS) return true;
    this.#isStalled = true;
    this.#deadlineMs = nowMs + this.#graceMs;
    return false;
  }

  /** Nothing is expected any more. */
  stop(): void {
    this.#deadlineMs = Infinity;
  }
}
