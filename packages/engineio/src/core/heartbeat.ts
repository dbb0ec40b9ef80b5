/**
 * A server's heartbeat (protocol document §"Heartbeat"): it pings `intervalMs` after the last PONG and waits `timeoutMs`
 * for the answer.
 *
 * Room: engineio core. Times are milliseconds of one monotonic clock.
 */
/** How much later than its deadline a tick may come and still be called punctual. */
const PUNCTUAL_MS = 100;
/** A process that was stopped this much longer than planned first reads what arrived meanwhile. */
const STALLED_MS = 500;
/** …and for that takes at most this long. */
const GRACE_MS = 1000;

/** What a tick found: nothing yet, a PING to send, or a peer that is gone. */
export type HeartbeatDue = "nothing" | "ping" | "expired";

/** One session's heartbeat; it owns no timer, only a deadline. */
export class Heartbeat {
  deadlineMs: number = Number.POSITIVE_INFINITY;
  /** PONGs since the last PING that answered none. */
  unasked = 0;
  #intervalMs = 0;
  #timeoutMs = 0;
  #phase: "quiet" | "waiting" | "stalled" | "over" = "quiet";

  /** The session is open: time runs from `nowMs`. */
  start(nowMs: number, intervalMs: number, timeoutMs: number): void {
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
    this.#rearm(nowMs);
  }

  /** A PONG arrived. @returns `false` for one that nobody asked for, which changes nothing but {@link unasked}. */
  heard(nowMs: number): boolean {
    if (!this.#isAwaited()) {
      this.unasked++;
      return false;
    }
    this.#rearm(nowMs);
    return true;
  }

  /** What is due at `nowMs`? A PING is counted as sent. */
  due(nowMs: number): HeartbeatDue {
    if (nowMs < this.deadlineMs) return "nothing";
    if (this.#isAwaited()) return this.#isStalled(nowMs) ? "nothing" : "expired";
    const dueMs = this.deadlineMs;
    this.#phase = "waiting";
    this.unasked = 0;
    this.deadlineMs = (nowMs - dueMs <= PUNCTUAL_MS ? dueMs : nowMs) + this.#timeoutMs;
    return "ping";
  }

  /** Nothing is sent or expected any more. */
  stop(): void {
    this.#phase = "over";
    this.deadlineMs = Infinity;
  }

  #isAwaited(): boolean {
    return this.#phase === "waiting" || this.#phase === "stalled";
  }

  #rearm(nowMs: number): void {
    this.#phase = "quiet";
    this.deadlineMs = nowMs + this.#intervalMs;
  }

  /** A stopped process (a blocked event loop, a machine asleep) must not cost peers whose packets lie unread in the kernel their session. */
  #isStalled(nowMs: number): boolean {
    if (this.#phase === "stalled" || nowMs - this.deadlineMs < STALLED_MS) return false;
    this.#phase = "stalled";
    this.deadlineMs = nowMs + Math.min(GRACE_MS, this.#timeoutMs);
    return true;
  }
}
