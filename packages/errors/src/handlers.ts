/**
 * Handlers of applications may fail in any way; nothing of it may end the process or go unseen.
 *
 * Room: errors. `wrapHandler`, `withErrorHandling` and `callSafely` are for applications and packages alike, `contained` is for the `onError`
 * that a package is given; `reportHandlerError` is where failures end that no `onError` takes.
 */

/** Where a failure happened. */
export interface ErrorContext {
  /** The event whose handler failed, or the operation. */
  readonly event?: string | undefined;
  readonly [key: string]: unknown;
}

/** Takes what a handler threw. What it throws itself goes to {@link reportHandlerError}. */
export type OnError<Context = ErrorContext> = (error: unknown, context: Context) => unknown;

let reporter: OnError = logHandlerError;

/** Replaces the last resort of the whole process, which writes one entry to `console.error`.
 *  @returns the one before, so that a test can put it back. */
export function setErrorReporter(report: OnError): OnError {
  const before = reporter;
  reporter = report;
  return before;
}

/** Reports a failure that nobody else takes. Never throws. */
export function reportHandlerError(error: unknown, context: ErrorContext = {}): void {
  attempt(() => reporter(error, context), (failure) => logHandlerError(failure, context));
}

function logHandlerError(error: unknown, context: ErrorContext): void {
  // eslint-disable-next-line no-console -- the last resort: what nobody handles must still be seen
  console.error(`@x: a handler failed${context.event === undefined ? "" : ` (${context.event})`}:`, error);
}

/**
 * Calls `fn` and hands whatever it throws, or rejects with, to `onError`. Never throws or rejects itself.
 *
 * @returns what `fn` returned, or `undefined` where it failed.
 */
export function callSafely<Args extends readonly unknown[], Value>(
  fn: (...args: Args) => Promise<Value>,
  args: Args,
  onError?: (error: unknown) => unknown,
): Promise<Value | undefined>;
export function callSafely<Args extends readonly unknown[], Value>(
  fn: (...args: Args) => Value,
  args: Args,
  onError?: (error: unknown) => unknown,
): Value | undefined;
export function callSafely(
  fn: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  onError: (error: unknown) => unknown = reportHandlerError,
): unknown {
  return attempt(() => fn(...args), (error) => deliver(error, onError));
}

/** @returns a function with the arguments of `fn` that never throws or rejects: failures go to `onError`, followed by the arguments. */
export function wrapHandler<Args extends readonly unknown[], Value>(
  fn: (...args: Args) => Promise<Value>,
  onError: NoInfer<(error: unknown, ...args: Args) => unknown>,
): (...args: Args) => Promise<Value | undefined>;
export function wrapHandler<Args extends readonly unknown[], Value>(
  fn: (...args: Args) => Value,
  onError: NoInfer<(error: unknown, ...args: Args) => unknown>,
): (...args: Args) => Value | undefined;
export function wrapHandler(
  fn: (...args: readonly unknown[]) => unknown,
  onError: (error: unknown, ...args: readonly unknown[]) => unknown,
): (...args: readonly unknown[]) => unknown {
  return (...args) => attempt(() => fn(...args), (error) => deliver(error, () => onError(error, ...args)));
}

/** @returns `onError`, but what it fails with itself goes to {@link reportHandlerError}, as everything does where there is none. */
export function contained(onError: OnError | undefined): OnError {
  return onError === undefined ? reportHandlerError : (error, context) => deliver(error, () => onError(error, context));
}

export interface ErrorHandlingOptions {
  /** Whether the error goes on to the caller once it is reported; a function decides error by error. Default `false`. */
  readonly rethrow?: boolean | ((error: unknown) => boolean);
  /** Default {@link reportHandlerError}. */
  readonly onError?: OnError;
}

/**
 * Runs `fn`, reports what it throws or rejects with together with `context`, and rethrows it where `rethrow` says so.
 *
 * @returns what `fn` returned, or `undefined` where it failed.
 */
export function withErrorHandling<Value>(context: ErrorContext, fn: () => Promise<Value>, options?: ErrorHandlingOptions): Promise<Value | undefined>;
export function withErrorHandling<Value>(context: ErrorContext, fn: () => Value, options?: ErrorHandlingOptions): Value | undefined;
export function withErrorHandling(context: ErrorContext, fn: () => unknown, options: ErrorHandlingOptions = {}): unknown {
  const { rethrow = false, onError = reportHandlerError } = options;
  return attempt(fn, (error) => {
    deliver(error, () => onError(error, context));
    if (typeof rethrow === "function" ? rethrow(error) : rethrow) throw error;
  });
}

/** @returns whether `value` is to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Runs `fn`; failures, sync or async, go to `recover`, whose own throw is the result's. */
function attempt(fn: () => unknown, recover: (error: unknown) => void): unknown {
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    recover(error);
    return undefined;
  }
  return isThenable(result) ? Promise.resolve(result).catch(recover) : result;
}

/** Hands `error` to `onError`; what that fails with is reported as a last resort. */
function deliver(error: unknown, onError: (error: unknown) => unknown): void {
  attempt(() => onError(error), (failure) => reportHandlerError(failure, { event: "error handler" }));
}
