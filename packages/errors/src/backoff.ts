/**
 * How long to wait before the next attempt.
 *
 * Room: errors. Pure but for the random source that comes in. Times are milliseconds.
 */
import { systemRandom, type Random } from "./system-clock.js";
import { TransportError } from "./transport-error.js";

export interface BackoffPolicy {
  /** Calls in all, the first included; `Infinity` for no end. Default 5. */
  readonly attempts?: number | undefined;
  /** Longest wait before the second call. Default 500 ms. */
  readonly baseMs?: number | undefined;
  /** What each further wait is multiplied by. Default 2. */
  readonly factor?: number | undefined;
  /** Longest wait of all. Default 30 000 ms. */
  readonly capMs?: number | undefined;
  /** Part of the wait that is left to chance: 1 waits anything up to the whole (full jitter), 0 exactly the whole. Default 1. */
  readonly jitter?: number | undefined;
  /** Default `Math.random`. */
  readonly random?: Random | undefined;
}

export const DEFAULT_BACKOFF: Readonly<Record<"attempts" | "baseMs" | "factor" | "capMs" | "jitter", number>> = {
  attempts: 5,
  baseMs: 500,
  factor: 2,
  capMs: 30_000,
  jitter: 1,
};

export interface Backoff {
  /** Waits given out since the beginning or the last {@link reset}. */
  readonly failures: number;
  /** @returns how long to wait before the next call, in milliseconds; `undefined` when there shall be none. */
  next(): number | undefined;
  /** To be called after a success. */
  reset(): void;
}

/**
 * The waits between attempts: `min(capMs, baseMs · factor^n)`, less chance.
 *
 * @throws {TransportError} `errors/invalid-option`.
 */
export function backoff(policy: BackoffPolicy = {}): Backoff {
  const attempts = checked(policy, "attempts", (value) => value >= 1 && (Number.isInteger(value) || value === Infinity), "a whole number from 1, or Infinity");
  const baseMs = checked(policy, "baseMs", (value) => value >= 0 && value < Infinity, "finite and not negative");
  const factor = checked(policy, "factor", (value) => value >= 1 && value < Infinity, "finite and at least 1");
  const capMs = checked(policy, "capMs", (value) => value >= 0 && value < Infinity, "finite and not negative");
  const jitter = checked(policy, "jitter", (value) => value >= 0 && value <= 1, "from 0 to 1");
  const random = policy.random ?? systemRandom;
  let failures = 0;
  return {
    get failures(): number {
      return failures;
    },
    next(): number | undefined {
      if (failures + 1 >= attempts) return undefined;
      // 0 · Infinity is no number: without a base there is no wait, however often it doubles
      const wholeMs = baseMs === 0 ? 0 : Math.min(capMs, baseMs * factor ** failures);
      failures++;
      return wholeMs * (1 - jitter * random());
    },
    reset(): void {
      failures = 0;
    },
  };
}

function checked(policy: BackoffPolicy, name: keyof typeof DEFAULT_BACKOFF, isValid: (value: number) => boolean, wanted: string): number {
  const value = policy[name] ?? DEFAULT_BACKOFF[name];
  if (isValid(value)) return value;
  throw new TransportError(`Cannot use backoff: ${name} is ${value}, must be ${wanted}`, { code: "errors/invalid-option", details: { option: name } });
}
