/**
 * What a {@link ResilientClient} connects with, made anew for each attempt: functions are asked then, for tokens that expire.
 *
 * Room: engineio shell.
 */
import type { AttemptInfo, Maker, PerAttempt, ReconnectOptions } from "./resilient-options.js";

/** Options whose functions have been asked. */
export interface AttemptOptions {
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal: AbortSignal;
}

/** Asks all functions at once. Rejects when one of them fails, or when the attempt is given up, which they need not notice. */
export async function askOptions({ extraHeaders, query, auth }: ReconnectOptions, attempt: AttemptInfo): Promise<AttemptOptions> {
  const { signal } = attempt;
  signal.throwIfAborted();
  const asked = Promise.all([valueOf(extraHeaders, attempt), valueOf(query, attempt), valueOf(auth, attempt)]);
  const [headers, parameters, authorization] = await unlessAborted(asked, signal);
  return { extraHeaders: { ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) }, query: parameters ?? {}, signal };
}

/** Asynchronous, so that what one function throws leaves no other one's promise alone. */
async function valueOf<Value>(given: PerAttempt<Value> | undefined, attempt: AttemptInfo): Promise<Value | undefined> {
  return isMaker(given) ? await given(attempt) : given;
}

function isMaker<Value>(given: PerAttempt<Value> | undefined): given is Maker<Value> {
  return typeof given === "function";
}

/** `work`, unless the signal is aborted first. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => undefined;
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener("abort", stop, { once: true });
  await Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", stop));
  signal.throwIfAborted();
  return await work;
}
