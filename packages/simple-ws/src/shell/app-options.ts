/**
 * What a {@link WebSocketApp} may be told.
 *
 * Room: simple-ws shell. Units are in the names.
 */
import type { Clock } from "@x/errors/clock";
import type { ReconnectPolicy } from "@x/errors/retry";
import type { CloseInfo } from "../core/closing.js";
import type { MessageConnection } from "./contract.js";

export type { ReconnectPolicy } from "@x/errors/retry";

/** Why an attempt failed, or a connection ended: an error of the tree. */
export type AppFailure = Error;

/** One attempt to connect, before it is made. */
export interface AppAttempt {
  /** 1 for the first, and one more for each failure; counted anew when a stable connection is lost, after which it is 2. */
  readonly attempt: number;
  /** How long the app waits before it, in milliseconds. */
  readonly delayMs: number;
  /** What made it necessary; `undefined` for the first. */
  readonly cause: AppFailure | undefined;
}

/** All may be asynchronous. What they throw goes to `onError` and ends nothing. */
export interface AppCallbacks<Connection extends MessageConnection = MessageConnection> {
  /** Before each attempt. */
  readonly onAttempt?: (attempt: AppAttempt) => unknown;
  /** Connected, for the first time; for later ones too, where `onReconnect` is not given. */
  readonly onOpen?: (connection: Connection) => unknown;
  /** Connected again. Default `onOpen`. */
  readonly onReconnect?: (connection: Connection) => unknown;
  /** Every whole message: text is a string. */
  readonly onMessage?: (data: string | Uint8Array, connection: Connection) => unknown;
  /**
   * Everything that comes, once: a message as it is, before `onMessage`, but one that the peer sends in several pieces piece by piece, as
   * bytes. `isLast` says that a message ends here. Browsers tell of whole messages only.
   */
  readonly onData?: (data: string | Uint8Array, type: "text" | "binary", isLast: boolean) => unknown;
  /** Each piece of a message that the peer sends in several, before `onMessage` gives the whole: bytes, which in text may end within a character. */
  readonly onFragment?: (fragment: Uint8Array, isLast: boolean) => unknown;
  /** A Ping of the peer's, which has been answered. */
  readonly onPing?: (payload: Uint8Array) => unknown;
  /** A Pong of the peer's. */
  readonly onPong?: (payload: Uint8Array) => unknown;
  /** Every failure: of an attempt, of a connection, of a callback. */
  readonly onError?: (error: unknown) => unknown;
  /** A connection has ended, once for each that was open. */
  readonly onClose?: (info: CloseInfo) => unknown;
}

export interface AppOptions<ConnectOptions, Connection extends MessageConnection = MessageConnection> extends AppCallbacks<Connection> {
  /** For each attempt; a function is called before it. See `connect`. */
  readonly connect?: ConnectOptions | ((attempt: AppAttempt) => ConnectOptions | Promise<ConnectOptions>);
  /** Default `false`: the first end is the last. */
  readonly reconnect?: boolean | ReconnectPolicy;
  /** Default the system's. */
  readonly clock?: Clock;
}
