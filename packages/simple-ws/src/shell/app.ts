/**
 * `WebSocketApp`: callbacks around a connection that is made again when it is lost.
 *
 * Room: simple-ws shell. One loop; how to connect is a port. Times are milliseconds.
 */
import { systemClock, type Clock, type Timer } from "@x/errors/clock";
import { callSafely, reportHandlerError } from "@x/errors/handlers";
import { reconnection, type Reconnection, type ReconnectPolicy } from "@x/errors/retry";
import { ConnectionClosed, SimpleWebsocketError } from "@x/errors/simple-ws";
import { closedError } from "../core/closed-error.js";
import { endsQuietly, type CloseInfo } from "../core/closing.js";
import type { AppAttempt, AppFailure, AppOptions } from "./app-options.js";
import type { ConnectionHandler, MessageConnection, Sendable, SendOptions } from "./contract.js";

/** RFC 6455 §7.4.1: a server that stops or a page that is left. Of the clean ends the one after which there may be another server. */
const GOING_AWAY = 1001;

/** Opens one connection. */
export type Connector<ConnectOptions, Connection extends MessageConnection> = (url: string, options: ConnectOptions & { readonly signal: AbortSignal }) => Promise<Connection>;

/** "waiting": for the next attempt. */
export type AppState = "idle" | "connecting" | "open" | "waiting" | "closed";

export class WebSocketApp<ConnectOptions extends object, Connection extends MessageConnection> {
  readonly url: string;
  readonly #connector: Connector<ConnectOptions, Connection>;
  readonly #options: AppOptions<ConnectOptions, Connection>;
  readonly #clock: Clock;
  #state: AppState = "idle";
  #connection: Connection | undefined;
  #wasOpen = false;
  /** Ends attempts and waits: our own `close`, or the signal of `run`. */
  #ending = new AbortController();

  constructor(connector: Connector<ConnectOptions, Connection>, url: string, options: AppOptions<ConnectOptions, Connection> = {}) {
    this.#connector = connector;
    this.url = url;
    this.#options = { reconnect: false, ...options };
    this.#clock = options.clock ?? systemClock;
  }

  get state(): AppState {
    return this.#state;
  }

  /** The connection that is open now. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * Connects, and calls back until it is over.
   *
   * @returns why the last connection ended, if it was clean, asked for by {@link close} or by `signal`; `undefined` if none was open.
   * @throws the failure after which there is no further attempt: {@link ConnectionError}, or {@link ConnectionClosed}.
   * @throws {SimpleWebsocketError} `simple-ws/already-running`, `simple-ws/already-attached` (a callback reads the connection itself), `errors/invalid-option`.
   */
  async run({ signal }: { readonly signal?: AbortSignal } = {}): Promise<CloseInfo | undefined> {
    if (this.#state !== "idle" && this.#state !== "closed") throw new SimpleWebsocketError(`Cannot run: app is ${this.#state}, must be idle or closed`, { code: "simple-ws/already-running" });
    const { reconnect, onError } = this.#options;
    const policy: ReconnectPolicy = typeof reconnect === "object" ? reconnect : reconnect ? {} : { attempts: 1 };
    const schedule = reconnection(policy, onError);
    this.#ending = new AbortController();
    const onAbort = (): void => void this.close();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    try {
      return await this.#loop(schedule);
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#state = "closed";
      this.#connection?.terminate(); // one that could not be served
      this.#connection = undefined;
    }
  }

  /** See {@link MessageConnection.send}. @throws {ConnectionClosed} `simple-ws/connection-closed`: no connection is open now. */
  send(data: Sendable, options?: SendOptions): Promise<void> {
    if (this.#connection !== undefined) return this.#connection.send(data, options);
    throw new ConnectionClosed(`Cannot send: app is ${this.#state}, must be open`, { reason: 1006, initiator: "local" });
  }

  /** Ends {@link run}: the connection by a handshake, an attempt or a wait at once. Idempotent; resolves when the connection has gone. */
  async close(code = 1000, reason = ""): Promise<void> {
    this.#ending.abort();
    await this.#connection?.close(code, reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws the failure after which there is no further attempt. */
  async #loop(schedule: Reconnection): Promise<CloseInfo | undefined> {
    let attempt: AppAttempt = { attempt: 1, delayMs: 0, cause: undefined };
    for (;;) {
      const startedMs = this.#clock.now();
      const outcome = await this.#once(attempt);
      if (!(outcome instanceof Error)) return outcome;
      const next = schedule.next(outcome, this.#clock.now() - startedMs);
      if (next === undefined) throw outcome;
      attempt = { ...next, cause: outcome };
      await this.#wait(attempt.delayMs);
    }
  }

  /** One connection from its attempt to its end. @returns a failure, or how it ended well. */
  async #once(attempt: AppAttempt): Promise<AppFailure | CloseInfo | undefined> {
    if (this.#isEnding()) return undefined;
    this.#state = "connecting";
    this.#call(this.#options.onAttempt, attempt);
    let connection: Connection;
    try {
      const { connect } = this.#options;
      const options = (typeof connect === "function" ? await connect(attempt) : connect) ?? ({} as ConnectOptions);
      connection = await this.#connector(this.url, { ...options, signal: this.#ending.signal });
    } catch (error) {
      if (this.#isEnding()) return undefined;
      this.#call(this.#options.onError, error);
      return error instanceof Error ? error : new SimpleWebsocketError("Cannot connect", { cause: error });
    }
    return await this.#serve(connection);
  }

  async #serve(connection: Connection): Promise<AppFailure | CloseInfo> {
    const { onOpen, onReconnect = onOpen, onPing, onPong, onClose, onError } = this.#options;
    this.#connection = connection;
    this.#state = "open";
    this.#call(this.#wasOpen ? onReconnect : onOpen, connection);
    this.#wasOpen = true;
    connection.attach({
      ...this.#receiver(connection),
      onPing: (payload) => onPing?.(payload),
      onPong: (payload) => onPong?.(payload),
      onClose: () => undefined,
      onError: (error) => this.#call(onError, error),
    });
    if (this.#isEnding()) void connection.close();
    const info = await connection.closed;
    this.#connection = undefined;
    this.#call(onClose, info);
    if (this.#isEnding() || (endsQuietly(info, false) && (this.#options.reconnect === false || info.code !== GOING_AWAY))) return info;
    const failure = closedError(info);
    this.#call(onError, failure);
    return failure;
  }

  /** What messages are handed to, and their pieces where somebody wants those. */
  #receiver(connection: Connection): Pick<ConnectionHandler, "onMessage" | "onFragment"> {
    const { onMessage, onData, onFragment } = this.#options;
    if (onData === undefined && onFragment === undefined) return { onMessage: (data) => onMessage?.(data, connection) };
    let isKnown = false; // by its pieces
    return {
      onMessage: (data) => {
        if (!isKnown) this.#call(onData, data, typeof data === "string" ? "text" : "binary", true);
        isKnown = false;
        return onMessage?.(data, connection);
      },
      onFragment: (fragment, type, isLast) => {
        isKnown = isLast;
        this.#call(onData, fragment, type, isLast);
        this.#call(onFragment, fragment, isLast);
      },
    };
  }

  #wait(delayMs: number): Promise<void> {
    this.#state = "waiting";
    const { signal } = this.#ending;
    return new Promise((resolve) => {
      const done = (): void => {
        this.#clock.clearTimer(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer: Timer = this.#clock.setTimer(done, delayMs);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }

  #isEnding(): boolean {
    return this.#ending.signal.aborted;
  }

  /** A callback's failure goes to `onError`; that of `onError` itself no further than the reporter. */
  #call<Args extends readonly unknown[]>(callback: ((...args: Args) => unknown) | undefined, ...args: Args): void {
    const { onError } = this.#options;
    if (callback === undefined) return;
    callSafely(callback, args, (error) => {
      const isOwn: unknown = callback;
      if (onError === undefined || isOwn === onError) reportHandlerError(error, { event: "app" });
      else callSafely(onError, [error]);
    });
  }
}
