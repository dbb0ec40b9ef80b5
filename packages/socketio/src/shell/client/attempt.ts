/**
 * What a client is asked for anew before each attempt to connect: addresses, headers, tokens that expire.
 *
 * Room: socketio shell.
 */

/** One attempt to connect. */
export interface Attempt {
  /** 1 for the first, 2 after its failure and after the loss of a stable connection; one more for each failure from then on. */
  readonly attempt: number;
  /** What made it necessary; `undefined` for the first. */
  readonly reason: Error | undefined;
  /** Aborted when the connection it is for has failed, has ended or is wanted no longer. */
  readonly signal: AbortSignal;
}

/** A value, or a function that is called for each attempt. */
export type PerAttempt<Value> = Value | ((attempt: Attempt) => Value | Promise<Value>);

interface AttemptValues {
  readonly url: string;
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean | undefined>>;
}

export interface AttemptOptions {
  /** Where to connect: scheme, host and port of another server than the manager's own. Default: the manager's address. */
  readonly url?: PerAttempt<AttemptValues["url"]> | undefined;
  /** Headers of every request of an attempt; pages cannot add them to WebSockets. Default none. */
  readonly extraHeaders?: PerAttempt<AttemptValues["extraHeaders"]> | undefined;
  /** Parameters of every URL. Default none. */
  readonly query?: PerAttempt<AttemptValues["query"]> | undefined;
}

/** Options whose functions have been asked. */
export type Asked<Options extends AttemptOptions> = Omit<Options, keyof AttemptOptions> & { readonly [Name in keyof AttemptValues]?: AttemptValues[Name] | undefined };

const names = ["url", "extraHeaders", "query"] as const;

/** @returns whether any option is a function. */
export function mustAsk(options: AttemptOptions): boolean {
  return names.some((name) => typeof options[name] === "function");
}

/** Asks all functions at once. Rejects when one of them fails. */
export async function ask<Options extends AttemptOptions>(options: Options, attempt: Attempt): Promise<Asked<Options>> {
  const values = await Promise.all(names.map(async (name) => {
    const option = options[name];
    return [name, typeof option === "function" ? await option(attempt) : option] as const;
  }));
  return { ...options, ...Object.fromEntries(values) } as unknown as Asked<Options>;
}
