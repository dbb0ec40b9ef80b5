/**
 * What a {@link ResilientClient} may be told, and what it tells.
 *
 * Room: engineio shell.
 */
import type { Clock } from "@x/errors/clock";
import type { OnError } from "@x/errors/handlers";
import type { ReconnectPolicy } from "@x/errors/retry";
import type { CloseReason } from "../core/session-config.js";
import type { ConnectOptions } from "./connection.js";

/** One attempt to connect, before it is made. */
export interface AttemptInfo {
  /** 1 for the first, and one more for each failure; counted anew when a stable connection is lost, after which it is 2. */
  readonly attempt: number;
  /** How long was waited before it, in milliseconds. */
  readonly delayMs: number;
  /** What made it necessary; `undefined` for the first. */
  readonly reason: Error | undefined;
  /** Aborted when the client is closed meanwhile. */
  readonly signal: AbortSignal;
}

export type Maker<Value> = (attempt: AttemptInfo) => Value | Promise<Value>;

/** A value, or a function that gives it for each attempt: tokens that expire. */
export type PerAttempt<Value> = Value | Maker<Value>;

/** Own options of a {@link ResilientClient}; the rest are those of `connect`. */
export interface ReconnectOptions {
  /** Headers of each request. Default none. */
  readonly extraHeaders?: PerAttempt<Readonly<Record<string, string>>> | undefined;
  /** Parameters of each URL. Default none. */
  readonly query?: PerAttempt<NonNullable<ConnectOptions["query"]>> | undefined;
  /** The `Authorization` field, e.g. `Bearer …`; pages cannot send it with a WebSocket. Default none. */
  readonly auth?: PerAttempt<string> | undefined;
  /** When to connect again; `false` for never: the first end is the last. Default: 5 attempts, 500 ms doubled up to 30000 ms, full jitter. */
  readonly reconnect?: boolean | ReconnectPolicy | undefined;
  /** Most bytes of messages that wait for a connection; one more: `send` throws `engineio/queue-full`. Default 0: `send` needs a connection. */
  readonly maxOfflineBytes?: number | undefined;
  /** Default the system's. */
  readonly clock?: Clock | undefined;
  /** Hears what handlers of yours throw. Default: one line on the console. */
  readonly onError?: OnError | undefined;
}

/** Options of a {@link ResilientClient} whose `connect` takes `Options`. */
export type ResilientOptionsOf<Options extends ConnectOptions> = Omit<Options, keyof ReconnectOptions | "signal"> & ReconnectOptions;

/** "waiting": for the next attempt. */
export type ResilientState = "idle" | "connecting" | "open" | "waiting" | "closed";

export interface ResilientEvents<Connection> {
  /** An attempt begins. */
  attempt: readonly [attempt: AttemptInfo];
  /** Connected; `attempt.reason` is `undefined` for the first time. What waited for a connection is sent already. */
  connect: readonly [connection: Connection, attempt: AttemptInfo];
  message: readonly [data: string | Uint8Array];
  /** A connection that was open has ended; {@link ResilientClient.state} says whether another attempt follows. `connect()` may be called. */
  disconnect: readonly [reason: CloseReason, description: unknown];
  /** An attempt failed, or a connection was lost. */
  error: readonly [error: Error];
  /** There will be no further attempt: `error` is why, `undefined` after `close()`. */
  close: readonly [error: Error | undefined];
}
