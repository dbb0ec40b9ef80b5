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
  /** Of those, the ones to one key, opening and closing ones included. Default `Infinity`: as many as `maxConnections`. */
  readonly maxPerKey: number;
  /** Connections to the default key that are opened before anybody asks, and replaced when they end. Default 0. */
  readonly minConnections: number;
  /** Borrowers who may hold the same connection at the same time. Default 1. */
  readonly leasesPerConnection: number;
  /** Idle connections that eviction leaves alone. Default 0. */
  readonly minIdle: number;
  /** Borrowers waiting at once; the next is refused with `pool/too-many-waiting`. Default 1,000. */
  readonly maxWaiting: number;
  /** Younger borrowers of a higher priority that may go past one who waits; the next queues behind it. Default 100. */
  readonly maxOvertakes: number;
  /** From the call of `acquire` to the lease: waiting, connecting and validating together. Default 10,000. */
  readonly acquireTimeoutMs: number;
  /** One attempt to connect, or one check of an idle connection. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** A connection unused for this long is closed. `Infinity` keeps it. Default 300,000. */
  readonly idleTimeoutMs: number;
  /** A connection older than this is closed when it is idle or comes back, never while it is lent. Default `Infinity`. */
  readonly maxAgeMs: number;
  /** Each connection's greatest age is shorter by a random part of at most this fraction, so that they are not all renewed at once. Default 0.1. */
  readonly maxAgeJitter: number;
  /** A connection that was lent so often is closed when it comes back. Default `Infinity`. */
  readonly maxUses: number;
  /** A lease held for longer is told to `onError`, once, with the stack of its `acquire`. Stacks cost time. Default `Infinity`: none is taken. */
  readonly leakWarningMs: number;
  /** How long closing one connection, or ending an aborted attempt, may take before its place is given away. Default 5,000. */
  readonly closeTimeoutMs: number;
  /** A connection idle for less than this is lent without `validate`. Default 0: every idle connection is checked. */
  readonly validateAfterIdleMs: number;
}

export const DEFAULT_LIMITS: PoolLimits = {
  maxConnections: 10,
  maxPerKey: Infinity,
  minConnections: 0,
  leasesPerConnection: 1,
  minIdle: 0,
  maxWaiting: 1_000,
  maxOvertakes: 100,
  acquireTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 300_000,
  maxAgeMs: Infinity,
  maxAgeJitter: 0.1,
  maxUses: Infinity,
  leakWarningMs: Infinity,
  closeTimeoutMs: 5_000,
  validateAfterIdleMs: 0,
};

export type Unit = "count" | "bound" | "time" | "fraction";
/** The lowest value of a number, and its unit. */
export type Bound = readonly [lowest: number, unit: Unit];

/** What a value of each unit must be: a finite count, a count or none, milliseconds, or a part of the whole. */
const UNITS: Readonly<Record<Unit, { readonly is: (value: number) => boolean; readonly wanted: string }>> = {
  count: { is: Number.isSafeInteger, wanted: "a whole number of at least" },
  bound: { is: (value) => Number.isSafeInteger(value) || value === Infinity, wanted: "Infinity or a whole number of at least" },
  time: { is: () => true, wanted: "milliseconds of at least" },
  fraction: { is: (value) => value <= 1, wanted: "at most 1 and at least" },
};

/** Lowest value and unit of each. */
const BOUNDS: Readonly<Record<keyof PoolLimits, Bound>> = {
  maxConnections: [1, "count"],
  maxPerKey: [1, "bound"],
  minConnections: [0, "count"],
  leasesPerConnection: [1, "count"],
  minIdle: [0, "count"],
  maxWaiting: [0, "count"],
  maxOvertakes: [0, "bound"],
  acquireTimeoutMs: [0, "time"],
  connectTimeoutMs: [1, "time"],
  idleTimeoutMs: [0, "time"],
  maxAgeMs: [1, "time"],
  maxAgeJitter: [0, "fraction"],
  maxUses: [1, "bound"],
  leakWarningMs: [1, "time"],
  closeTimeoutMs: [0, "time"],
  validateAfterIdleMs: [0, "time"],
};

const NAMES = Object.keys(BOUNDS) as readonly (keyof PoolLimits)[];

/** @returns the complete record; what is missing or `undefined` has its default.
 *  @throws {JetSocketError} `pool/invalid-option` for a number out of its bounds. */
export function parseLimits(options: { readonly [Name in keyof PoolLimits]?: number | undefined }): PoolLimits {
  const limits: { -readonly [Name in keyof PoolLimits]: number } = { ...DEFAULT_LIMITS };
  for (const name of NAMES) limits[name] = checked(name, options[name] ?? DEFAULT_LIMITS[name]);
  atMost("minIdle", limits.minIdle, "maxConnections", limits.maxConnections);
  atMost("minConnections", limits.minConnections, "maxConnections", limits.maxConnections);
  atMost("minConnections", limits.minConnections, "maxPerKey", limits.maxPerKey);
  return limits;
}

/** @throws {JetSocketError} `pool/invalid-option`: a wish that no pool of these limits can fulfil. */
export function atMost(name: string, value: number, limitName: string, limit: number): void {
  if (value > limit) throw invalidOption(`Cannot use ${name} ${value}, must be at most ${limitName} (${limit})`);
}

/** @throws {JetSocketError} `pool/invalid-option`, naming the option, its value and its bounds. */
export function checked(name: keyof PoolLimits, value: number): number {
  return within(name, value, BOUNDS[name]);
}

/** @throws {JetSocketError} `pool/invalid-option`, as {@link checked}. */
export function within(name: string, value: number, [lowest, unit]: Bound): number {
  const { is, wanted } = UNITS[unit];
  if (value >= lowest && is(value)) return value;
  throw invalidOption(`Cannot use ${name} ${value}, must be ${wanted} ${lowest}`);
}

export function invalidOption(message: string): JetSocketError {
  return new JetSocketError(message, { code: "pool/invalid-option" });
}
