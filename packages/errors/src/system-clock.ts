/**
 * Time and randomness as ports.
 *
 * Room: errors. Every package takes its clock from here, so that tests can move time by hand. All times are milliseconds.
 */

/** What {@link Clock.setTimer} returns: to be handed back to {@link Clock.clearTimer}, and nothing else. */
export type Timer = object;

export interface Clock {
  /** Whether its timers let the process end, so that one may stay set for nothing. Default `false`. */
  readonly isBackground?: boolean;
  /** Monotonic; only differences mean something. */
  now(): number;
  /** Calls back once, not before `delayMs` from now, never before this method has returned. */
  setTimer(callback: () => void, delayMs: number): Timer;
  /** Idempotent; afterwards the callback is not called. */
  clearTimer(timer: Timer): void;
}

/** A number in [0, 1), like `Math.random`. */
export type Random = () => number;

/** Longest delay of the platforms' timers (2^31 − 1 ms, 24.8 days). A longer delay fires at this one. */
export const MAX_DELAY_MS = 2_147_483_647;

export interface SystemClockOptions {
  /** Let the process end while a timer is pending, where the platform can (Node, Deno, Bun). Default `false`. */
  readonly unref?: boolean;
}

/** What the platform calls a timer may be a number. */
class SystemTimer {
  readonly handle: ReturnType<typeof setTimeout>;

  constructor(handle: ReturnType<typeof setTimeout>) {
    this.handle = handle;
  }
}

/** Node's `performance` is a getter that costs as much as the time does: it is asked anew only where a test has put its own clock in place. */
const timeline = performance;
const timer = setTimeout;

/** The platform's clock. */
export class SystemClock implements Clock {
  readonly isBackground: boolean;

  constructor(options: SystemClockOptions = {}) {
    this.isBackground = options.unref ?? false;
  }

  now(): number {
    return (setTimeout === timer ? timeline : performance).now();
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const handle = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_DELAY_MS));
    if (this.isBackground && canUnref(handle)) handle.unref();
    return new SystemTimer(handle);
  }

  clearTimer(timer: Timer): void {
    if (timer instanceof SystemTimer) clearTimeout(timer.handle);
  }
}

function canUnref(handle: unknown): handle is { unref(): void } {
  return typeof handle === "object" && handle !== null && "unref" in handle && typeof handle.unref === "function";
}

/** Keeps the process alive while a timer is pending: for waits that somebody awaits. */
export const systemClock: Clock = /* @__PURE__ */ new SystemClock();

/** Never keeps the process alive: for housekeeping beside sockets, which do that themselves. */
export const backgroundClock: Clock = /* @__PURE__ */ new SystemClock({ unref: true });

/** The platform's randomness: for jitter, not for secrets. */
export const systemRandom: Random = () => Math.random();
