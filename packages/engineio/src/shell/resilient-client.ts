/**
 * A client that connects again when it is not connected.
 *
 * | state | meaning | `connect()` | `send()` | goes to |
 * |---|---|---|---|---|
 * | `idle` | never asked | connects | throws | `connecting` |
 * | `connecting` | an attempt is under way | waits for it | queues | `open`, `waiting`, `closed` |
 * | `open` | connected | resolves at once | sends | `waiting`, `closed` |
 * | `waiting` | for the next attempt | makes it now | queues | `connecting`, `closed` |
 * | `closed` | by `close()`, or no attempt is left | begins anew | throws | `connecting` |
 *
 * "queues": up to `maxOfflineBytes`, beyond which, and without which, it throws. What was under way when a connection was lost is lost.
 * From `close()` on it throws, unless `connect()` is called anew: then it queues for what follows.
 *
 * Room: engineio shell. One loop; how to connect is a port, when to is `@x/errors`' rule. Times are milliseconds.
 */
import { type Clock, systemClock } from "@x/errors/clock";
import { Subscribable } from "@x/errors/emitter";
import { ConnectionError, EngineIOError, SocketIsClosedError } from "@x/errors/engineio";
import { type ReconnectPolicy, reconnection } from "@x/errors/retry";
import { SharedWait } from "../core/shared-wait.js";
import { type AttemptOptions, askOptions } from "./attempt-options.js";
import type { Connection } from "./connection.js";
import { type Ending, lostError } from "./ending.js";
import { OfflineQueue } from "./offline-queue.js";
import type { ClientPlatform, MessageData } from "./ports.js";
import type { AttemptInfo, ReconnectOptions, ResilientEvents, ResilientState } from "./resilient-options.js";

/** Opens one connection; `options` are what this attempt is made with. */
export type Connector = (options: AttemptOptions) => Promise<Connection>;

export class ResilientClient extends Subscribable<ResilientEvents<Connection>> {
  readonly #connector: Connector;
  readonly #watch: ClientPlatform["watch"];
  readonly #options: ReconnectOptions;
  readonly #policy: ReconnectPolicy;
  readonly #clock: Clock;
  readonly #queue: OfflineQueue;
  #state: ResilientState = "idle";
  #connection: Connection | undefined;
  /** Callers of {@link connect} wait for it. */
  #awaited: SharedWait | undefined;
  /** Ends the wait, the attempt, the connection: by {@link close}. */
  #ending: AbortController = new AbortController();
  /** Somebody wants the next attempt now. */
  #isHurried = false;
  #endWait: () => void = nothing;

  /** @throws {TransportError} `errors/invalid-option`. */
  constructor(connector: Connector, watch: ClientPlatform["watch"], options: ReconnectOptions) {
    super({ onError: options.onError });
    const { reconnect = true, maxOfflineBytes = 0, clock = systemClock } = options;
    this.#connector = connector;
    this.#watch = watch;
    this.#options = options;
    this.#policy = typeof reconnect === "object" ? reconnect : reconnect ? {} : { attempts: 1 };
    this.#clock = clock;
    this.#queue = new OfflineQueue(maxOfflineBytes);
    reconnection(this.#policy); // refuses what is out of range
  }

  get state(): ResilientState {
    return this.#state;
  }

  /** The connection that is open now. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /**
   * Connects, or waits until it is connected; between two attempts it makes the next one now, and after {@link close} it begins anew
   * once what was under way has ended. May be called in any handler, and need not be awaited: failures are also events.
   * @throws {EngineIOError} the failure after which there is no further attempt; {SocketIsClosedError} when it is closed meanwhile.
   */
  connect(): Promise<void> {
    if (this.#state === "open" && !this.#ending.signal.aborted) return Promise.resolve();
    const { promise } = this.#awaited ??= new SharedWait();
    this.#isHurried = true;
    if (this.#state === "idle" || this.#state === "closed") void this.#run();
    else this.#endWait();
    return promise;
  }

  /**
   * Sends one message, now or, within `maxOfflineBytes`, when connected.
   * @returns a promise that resolves below the connection's low-water mark; at once for a message that waits.
   * @throws {SocketIsClosedError}, {ContentTooLongError} as a connection's `send`; {EngineIOError} `engineio/queue-full`.
   */
  send(data: MessageData): Promise<void> {
    const isEnding = this.#ending.signal.aborted;
    if (!isEnding && this.#connection?.readyState === "open") return this.#connection.send(data);
    const willConnect = isEnding ? this.#awaited !== undefined : this.#state !== "idle" && this.#state !== "closed";
    if (!willConnect || !this.#queue.isUsed) {
      throw new SocketIsClosedError(`Cannot send: client is ${this.#state === "open" ? "about to close" : this.#state}, must be open`);
    }
    this.#queue.push(data);
    return Promise.resolve();
  }

  /** @returns whether {@link send} took it. */
  trySend(data: MessageData): boolean {
    try {
      void this.send(data);
      return true;
    } catch (error) {
      if (error instanceof EngineIOError) return false;
      throw error;
    }
  }

  /** Ends the connection, the attempt or the wait; messages in waiting are dropped, and who waits for {@link connect} is refused. Resolves when the connection has gone. Idempotent. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#queue.clear();
    this.#refuse(new SocketIsClosedError("Cannot connect: client is closed, must not be", { reason: "forced close" }));
    this.#ending.abort(); // its listeners may connect anew
    await connection?.disconnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending = new AbortController();
    const schedule = reconnection(this.#policy, this.#options.onError);
    let attempt: AttemptInfo = { attempt: 1, delayMs: 0, reason: undefined, signal };
    for (;;) {
      const startedMs = this.#clock.now();
      const outcome = await this.#once(attempt);
      const failure = outcome instanceof Error ? outcome : lostError(outcome);
      const next = signal.aborted ? undefined : schedule.next(failure, this.#clock.now() - startedMs);
      if (next === undefined) {
        this.#finish(outcome, signal.aborted ? undefined : failure);
        return;
      }
      this.#state = "waiting";
      this.#tell(outcome, failure);
      await this.#wait(next.delayMs, signal);
      attempt = { ...next, reason: failure, signal };
    }
  }

  /** @returns why the attempt failed, or how the connection ended. */
  async #once(attempt: AttemptInfo): Promise<Error | Ending> {
    const { signal } = attempt;
    try {
      signal.throwIfAborted(); // while it waited
      this.#state = "connecting";
      this.#isHurried = false;
      this.dispatch("attempt", attempt);
      const connection = await this.#connector(await askOptions(this.#options, attempt));
      if (signal.aborted) await connection.disconnect(); // it comes too late
      signal.throwIfAborted();
      return await this.#serve(connection, attempt);
    } catch (error) {
      return error instanceof Error ? error : new ConnectionError("Cannot connect: an option's function failed", { cause: error, retryable: false });
    }
  }

  async #serve(connection: Connection, attempt: AttemptInfo): Promise<Ending> {
    this.#connection = connection;
    this.#state = "open";
    this.#queue.sendBy(connection, (error) => this.dispatch("error", error));
    this.#awaited?.resolve();
    this.#awaited = undefined;
    this.dispatch("connect", connection, attempt);
    connection.attach({ onMessage: (data) => void this.dispatch("message", data), onClose: nothing });
    const ending = await connection.wait();
    this.#connection = undefined;
    return ending;
  }

  #tell(outcome: Error | Ending, failure: Error | undefined): void {
    if (!(outcome instanceof Error)) this.dispatch("disconnect", outcome.reason, outcome.description);
    if (failure !== undefined) this.dispatch("error", failure);
  }

  /** The end, settled before anybody hears of it: handlers may connect anew, and who asked since {@link close} is waiting for that. */
  #finish(outcome: Error | Ending, failure: Error | undefined): void {
    this.#state = "closed";
    if (failure !== undefined) this.#refuse(failure);
    if (this.#awaited === undefined) this.#queue.clear();
    this.#tell(outcome, failure);
    if (this.state === "closed") this.dispatch("close", failure);
    if (this.state === "closed" && this.#awaited !== undefined) void this.#run();
  }

  #refuse(error: Error): void {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.reject(error);
  }

  /** For the next attempt: by the clock, or as soon as the page wakes up, is online again, or somebody cannot wait. */
  #wait(delayMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#clock.clearTimer(timer);
        signal.removeEventListener("abort", done);
        unwatch();
        this.#endWait = nothing;
        resolve();
      };
      const timer = this.#clock.setTimer(done, delayMs);
      const unwatch = this.#watch({ leaving: nothing, offline: nothing, awake: done });
      this.#endWait = done;
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted || this.#isHurried) done();
    });
  }
}

function nothing(): void {
  // nothing is waited for, or its outcome is told elsewhere
}
