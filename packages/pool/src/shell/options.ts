/**
 * What a pool is told at its construction. Room: pool shell.
 */
import type { Clock, Random } from "@x/errors/clock";
import type { PoolCircuitOptions } from "./circuits.js";
import type { PoolLimits } from "../core/options.js";
import type { PoolPick } from "../core/picking.js";

/** What an attempt to connect knows. */
export interface ConnectContext {
  /** What `acquire` was asked for; `defaultKey` when it was asked for nothing in particular. */
  readonly key: string;
  /** Ends when the attempt took longer than `connectTimeoutMs` or the pool was closed. The attempt must end then too. */
  readonly signal: AbortSignal;
  /** Call this when the resource ends by itself, whenever that is: an idle one is closed, a lent one is not kept. */
  readonly ended: () => void;
}

/** What a check of an idle resource knows. */
export interface ValidateContext {
  readonly key: string;
  readonly idleMs: number;
  /** Ends when the check took longer than `connectTimeoutMs` or the pool was closed. */
  readonly signal: AbortSignal;
}

/** What {@link PoolOptions.onError} is told beside the error. */
export interface PoolErrorContext {
  /** `validate` covers `reset`; `lend` is a lease that is not given back. */
  readonly operation: "connect" | "validate" | "close" | "lend";
  readonly key: string;
}

/** How waits between failed attempts grow: full jitter over `min(cap, base * factor^n)`. */
export interface PoolBackoff {
  /** Default 100. */
  readonly baseMs?: number | undefined;
  /** Default 2. */
  readonly factor?: number | undefined;
  /** Default 5,000. */
  readonly capMs?: number | undefined;
}

export interface PoolOptions<R> extends Partial<{ readonly [Name in keyof PoolLimits]: PoolLimits[Name] | undefined }> {
  /** Opens one resource. */
  connect(context: ConnectContext): R | Promise<R>;
  /** Closes one resource, whatever its state; called once for each. Its place is free when the promise settles. */
  close(resource: R): unknown;
  /** Is this idle resource fit to be lent? May answer at once. What it throws counts as no. Default: always. */
  validate?(resource: R, context: ValidateContext): boolean | Promise<boolean>;
  /** Makes a resource that was lent before fit for its next borrower, before `validate`. It runs when the next one comes, so that what
   *  arrived meanwhile goes too. Where it throws, the resource is closed. Borrowers who share a resource are not kept apart. */
  reset?(resource: R, context: ValidateContext): unknown;
  /** May `connect` succeed later after this error? Default: `error.retryable` for errors of @x packages, yes for others.
   *  Where it throws, no. */
  retryIf?(error: unknown): boolean;
  /** What who asks for nothing in particular asks for, and what `minConnections` are connected to. Default `""`. */
  readonly defaultKey?: string | undefined;
  /** Which of several connections is lent. Default `"lastUsed"`. */
  readonly pick?: PoolPick | undefined;
  /** Refuses borrowers of a key at once after so many failures in a row, with `CircuitOpenError`. Default: off. */
  readonly circuit?: PoolCircuitOptions | undefined;
  /** Waits between failed attempts. */
  readonly backoff?: PoolBackoff | undefined;
  /** Hears of every failed attempt, check and closing, and of leaks. Default: failed closings and leaks are logged; a borrower hears of the others. */
  onError?(error: unknown, context: PoolErrorContext): void;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** For jitter. Default: the system's. */
  readonly random?: Random | undefined;
}

export interface AcquireOptions {
  /** Which kind of resource, for pools whose `connect` tells them apart. Default `defaultKey` of the pool. */
  readonly key?: string | undefined;
  /** One deadline for waiting, connecting and validating together. Default `acquireTimeoutMs` of the pool. */
  readonly timeoutMs?: number | undefined;
  /** Goes before those of lower priority who wait already, at most `maxOvertakes` times before the same one. Default 0. */
  readonly priority?: number | undefined;
  /** Gives up early: the borrower leaves the queue at once. */
  readonly signal?: AbortSignal | undefined;
}

export interface WarmOptions {
  /** Which kind of resource. Default `defaultKey` of the pool. */
  readonly key?: string | undefined;
  /** One deadline for all of them. Default `acquireTimeoutMs` of the pool. */
  readonly timeoutMs?: number | undefined;
  /** Gives up early; attempts under way go on. */
  readonly signal?: AbortSignal | undefined;
}

export interface CloseOptions {
  /** Resources that are still lent after this time are taken back and closed. Default `closeTimeoutMs` of the pool. */
  readonly timeoutMs?: number | undefined;
}

export interface DrainOptions {
  /** Then who still waits is refused, and what is still lent is taken back and closed. In milliseconds. Default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** As if the time were over. */
  readonly signal?: AbortSignal | undefined;
}
