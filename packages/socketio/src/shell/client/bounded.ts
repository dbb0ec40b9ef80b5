/**
 * Waiting with a limit and a signal.
 *
 * Room: socketio shell.
 */
import type { Clock } from "@x/errors/clock";
import { ConnectionError, TimeoutError } from "@x/errors/socketio";

export interface WaitOptions {
  /** How long to wait. Milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait. Default: none. */
  readonly signal?: AbortSignal | undefined;
}

export type Settle<Value> = (outcome: Value | Error) => void;

/**
 * @param start begins what is waited for; answers what undoes it, called unless it settles at once.
 * @returns what it is settled with, as a rejection when that is an Error.
 * @throws {TimeoutError} `socketio/timeout`, {@link ConnectionError} `socketio/aborted`.
 */
export function bounded<Value>(clock: Clock, { timeoutMs = Infinity, signal }: WaitOptions, operation: string, start: (settle: Settle<Value>) => () => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) throw abortedError(signal, operation);
    const onAbort = (): void => settle(abortedError(signal, operation));
    const onTimeout = (): void => settle(new TimeoutError(`Cannot ${operation}: nothing came within ${timeoutMs} ms`, { afterMs: timeoutMs, operation }));
    const timer = timeoutMs === Infinity ? undefined : clock.setTimer(onTimeout, Math.max(0, timeoutMs));
    signal?.addEventListener("abort", onAbort);
    const undo: (() => void)[] = [];
    const settle: Settle<Value> = (outcome) => {
      for (const step of undo) step();
      if (timer !== undefined) clock.clearTimer(timer);
      signal?.removeEventListener("abort", onAbort);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    undo.push(start(settle));
  });
}

export function abortedError(signal: AbortSignal | undefined, operation: string): ConnectionError {
  return new ConnectionError(`Cannot ${operation}: aborted`, { code: "socketio/aborted", cause: signal?.reason });
}
