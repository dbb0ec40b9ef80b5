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
  const onAbort = (): void => cancel(wait, aborted(signal));
  const wait = begin((report) => (...values) => {
    progress.hasEnded = true;
    signal.removeEventListener("abort", onAbort);
    report(...values);
  });
  if (!progress.hasEnded) signal.addEventListener("abort", onAbort, { once: true });
}

export function aborted(signal: AbortSignal): ConnectionError {
  return new ConnectionError("Cannot acquire: the caller's signal is aborted", { code: "pool/aborted", retryable: false, cause: signal.reason });
}
