/**
 * The pool's numbers, parsed once at the border into a complete record. Room: pool core.
 *
 * The one table of names, units, defaults and bounds; README.md shows the same.
 */

import { JetSocketError } from "@x/errors/pool";

/** Every limit of a pool. Times are milliseconds. */
export interface PoolLimits {
  /** Connections in any state: opening, idle, lent and closing together. Default 10. */
  readonly maxConnections: number;
  /** Idle connections that eviction leaves alone. Default 0. */
  readonly minIdle: number;
  /** Borrowers waiting at once; the next is refused with `pool/too-many-waiting`. Default 1,000. */
  readonly maxWaiting: number;
  /** From the call of `acquire` to the lease: waiting, connecting and validating together. Default 10,000. */
  readonly acquireTimeoutMs: number;
  /** One attempt to connect, or one check of an idle connection. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** A connection unused for this long is closed. `Infinity` keeps it. Default 300,000. */
  readonly idleTimeoutMs: number;
  /** How long closing one connection, or ending an aborted attempt, may take before its place is given away. Default 5,000. */
  readonly closeTimeoutMs: number;
  /** A connection idle for less than this is lent without `validate`. Default 0: every idle connection is checked. */
  readonly validateAfterIdleMs: number;
}

export const DEFAULT_LIMITS: PoolLimits = {
  maxConnections: 10,
  minIdle: 0,
  maxWaiting: 1_000,
  acquireTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  closeTimeoutMs: 5_000,
  validateAfterIdleMs: 0,
};

/** Lowest value, and whether the option counts things (whole, finite numbers) or milliseconds. */
const BOUNDS: Readonly<Record<keyof PoolLimits, readonly [lowest: number, unit: "count" | "time"]>> = {
  maxConnections: [1, "count"],
  minIdle: [0, "count"],
  maxWaiting: [0, "count"],
  acquireTimeoutMs: [0, "time"],
  connectTimeoutMs: [1, "time"],
  idleTimeoutMs: [0, "time"],
  closeTimeoutMs: [0, "time"],
  validateAfterIdleMs: [0, "time"],
};

const NAMES = Object.keys(BOUNDS) as readonly (keyof PoolLimits)[];

/** @returns the complete record; what is missing or `undefined` has its default.
 *  @throws {JetSocketError} `pool/invalid-option` for a number out of its bounds. */
export function parseLimits(options: { readonly [Name in keyof PoolLimits]?: number | undefined }): PoolLimits {
  const limits: { -readonly [Name in keyof PoolLimits]: number } = { ...DEFAULT_LIMITS };
  for (const name of NAMES) limits[name] = checked(name, options[name] ?? DEFAULT_LIMITS[name]);
  if (limits.minIdle > limits.maxConnections) {
    throw invalidOption(`Cannot create pool: minIdle is ${limits.minIdle}, must be at most maxConnections (${limits.maxConnections})`);
  }
  return limits;
}

/** @throws {JetSocketError} `pool/invalid-option`, naming the option, its value and its bounds. */
export function checked(name: keyof PoolLimits, value: number): number {
  const [lowest, unit] = BOUNDS[name];
  const isValid = value >= lowest && (unit === "time" || Number.isSafeInteger(value));
  if (isValid) return value;
  throw invalidOption(`Cannot use ${name} ${value}, must be ${unit === "count" ? "a whole number" : "milliseconds"} of at least ${lowest}`);
}

function invalidOption(message: string): JetSocketError {
  return new JetSocketError(message, { code: "pool/invalid-option" });
}
