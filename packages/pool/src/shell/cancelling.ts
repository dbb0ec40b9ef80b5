/**
 * Waits that a caller's signal may end. Room: pool shell.
 */
import { ConnectionError } from "@x/errors/pool";

/** Wraps a report so that it ends the wait. */
export type Ending = <Arguments extends readonly unknown[]>(report: (...values: Arguments) => void) => (...values: Arguments) => void;

/**
 * Begins a wait and ends it early when `signal` says so; the listener goes when the wait ends.
 *
 * @param begin starts it; its reports go through `ending`.
 * @param cancel ends it, because of the error.
 */
export function cancellable<Wait>(signal: AbortSignal, begin: (ending: Ending) => Wait, cancel: (wait: Wait, error: ConnectionError) => void): void {
  const progress = { hasEnded: false };
  const onAbort = (): void => cancel(wait, aborted("acquire", signal));
  const wait = begin((report) => (...values) => {
    progress.hasEnded = true;
    signal.removeEventListener("abort", onAbort);
    report(...values);
  });
  if (!progress.hasEnded) signal.addEventListener("abort", onAbort, { once: true });
}

/** Waits, and says once when `signal` ends meanwhile or has ended before; the listener goes when the wait is over. */
export async function heeding<Value>(signal: AbortSignal | undefined, wait: Promise<Value>, onAbort: () => void): Promise<Value> {
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await wait;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** @param intent what was waited for: "acquire". */
export function aborted(intent: string, signal: AbortSignal | undefined): ConnectionError {
  return new ConnectionError(`Cannot ${intent}: the caller's signal is aborted`, { code: "pool/aborted", retryable: false, cause: signal?.reason });
}
