/**
 * One namespace in straight lines: connect, emit, call, receive. After python-socketio's SimpleClient.
 *
 * Room: socketio shell. Lost connections come back by themselves: `emit` and `call` wait for them.
 */
import { DisconnectedError, SocketIOError } from "@x/errors/socketio";
import type { AckName, AckValue, AllButLast, DefaultEventsMap, EventArguments, EventName } from "../../core/event-types.js";
import { atLimit, invalidOption } from "../../core/faults.js";
import { bounded, type Settle, type WaitOptions } from "./bounded.js";
import { EventInbox, type InboxLimits, type ReceivedEvent } from "./event-inbox.js";
import { opened } from "./opened.js";
import type { ManagerOptions, SocketOptions } from "./options.js";
import type { EngineClient } from "./ports.js";
import type { Socket } from "./socket.js";
import type { SocketManager } from "./socket-manager.js";

/** Beside them, as many calls of `emit` and `call` wait for a connection as `maxBufferedEvents` allows. */
export interface SimpleClientOptions {
  /** Most events received and not yet taken; one more disconnects. Count; default 10 000. */
  readonly maxReceivedEvents?: number;
  /** Most calls of `receive` that wait at once; one more throws `socketio/too-many-receivers`. Count; default 1024. */
  readonly maxReceivers?: number;
}

export interface SimpleConnectOptions {
  /** Default: the path of the URL. */
  readonly namespace?: string;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

export interface CallOptions extends WaitOptions {
  /** For the answer, waits for a connection included. Milliseconds; default 60 000. */
  readonly timeoutMs?: number | undefined;
}

interface SimpleManager extends SocketManager {
  readonly engine: EngineClient | undefined;
}
type SimpleSocket<Listen, Emit> = Socket<Listen, Emit, SimpleManager>;
interface Connection<Listen, Emit> {
  readonly socket: SimpleSocket<Listen, Emit>;
  readonly inbox: EventInbox;
}
/** Makes a socket that does not connect yet. */
export type OpenSocket<Options extends object> = <Listen, Emit>(url: string, options: Options, namespace: string | undefined) => SimpleSocket<Listen, Emit>;

/** Names and arguments of what is received, as tuples. */
export type Received<Listen> = Listen extends DefaultEventsMap ? (string extends keyof Listen ? ReceivedEvent : Tuples<Listen>) : Tuples<Listen>;
type Tuples<Listen> = { [Name in EventName<Listen>]: readonly [event: Name, ...args: EventArguments<Listen, Name>] }[EventName<Listen>];

const DEFAULT_CALL_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BUFFERED_EVENTS = 1000;
const DEFAULT_LIMITS: InboxLimits = { maxReceivedEvents: 10_000, maxReceivers: 1024 };

export class SimpleClient<Listen = DefaultEventsMap, Emit = DefaultEventsMap, Options extends ManagerOptions & SocketOptions = ManagerOptions & SocketOptions> implements AsyncDisposable {
  readonly #options: Options & SimpleClientOptions;
  readonly #limits: InboxLimits;
  readonly #open: OpenSocket<Options>;
  #connection: Connection<Listen, Emit> | undefined;
  readonly #waiting = new Set<Settle<true>>();
  /** Why it is over for good. */
  #ending: DisconnectedError | undefined;

  /** @throws {SocketIOError} `socketio/invalid-option` */
  constructor(options: Options & SimpleClientOptions, open: OpenSocket<Options>) {
    this.#options = options;
    this.#limits = readLimits(options);
    this.#open = open;
  }

  /** Given by the server; another one after each reconnection. `undefined` while not connected. */
  get sid(): string | undefined {
    return this.#connection?.socket.id;
  }

  /** `"polling"` or `"websocket"`; empty while not connected. */
  get transport(): string {
    const { socket } = this.#connection ?? {};
    return socket?.connected === true ? (socket.io.engine?.transport.name ?? "") : "";
  }

  get connected(): boolean {
    return this.#connection?.socket.connected ?? false;
  }

  /**
   * Connects and waits for the server's answer, neither for longer than `timeout`. After a failure, and after the end, it may be called again.
   * @throws {ConnectionRefusedError} with what the server said, {@link BadNamespaceError}, {@link ConnectionError};
   *   {@link DisconnectedError} when `disconnect()` is called meanwhile; {@link SocketIOError} `socketio/already-connected`.
   */
  async connect(url: string, { namespace, signal, ...options }: Options & SimpleConnectOptions = {} as Options): Promise<this> {
    if (this.#connection !== undefined && this.#ending === undefined) throw new SocketIOError("Cannot connect: the client is connected or connecting, must be disconnected", { code: "socketio/already-connected" });
    const socket = this.#open<Listen, Emit>(url, { ...this.#options, ...options }, namespace);
    this.#begin(socket);
    try {
      await opened(socket, signal);
    } catch (error) {
      if (this.#connection?.socket === socket) this.#connection = undefined;
      throw error;
    }
    return this;
  }

  /**
   * Sends an event, once there is a connection.
   * @throws {DisconnectedError} when there is none and will be none; {@link SocketIOError} `socketio/buffer-full` when too many calls wait for one.
   */
  async emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Emit, Name>): Promise<void> {
    const socket = await this.#ready({}, "emit");
    socket.emit(event, ...args);
  }

  /**
   * Sends an event and awaits its acknowledgement. When the connection is lost in between, it is sent again: a server that must not
   * act twice needs an id of yours among the arguments.
   * @returns the first value of the acknowledgement.
   * @throws {TimeoutError}, {@link DisconnectedError}, {@link ConnectionError} `socketio/aborted`, {@link SocketIOError} `socketio/buffer-full`.
   */
  async call<Name extends AckName<Emit>>(event: Name, args: AllButLast<EventArguments<Emit, Name>>, { timeoutMs = DEFAULT_CALL_TIMEOUT_MS, signal }: CallOptions = {}): Promise<AckValue<EventArguments<Emit, Name>>> {
    const { clock } = this.#require("call").socket.io;
    const untilMs = clock.now() + timeoutMs;
    for (;;) {
      const socket = await this.#ready({ timeoutMs: untilMs - clock.now(), signal }, "call");
      try {
        return await bounded(clock, { signal }, "call", (settle: Settle<AckValue<EventArguments<Emit, Name>>>) => {
          socket.timeout(untilMs - clock.now()).emitWithAck(event, ...args).then(settle, settle);
          return () => undefined;
        });
      } catch (error) {
        if (!(error instanceof DisconnectedError)) throw error;
      }
    }
  }

  /**
   * @returns the next event: name and arguments.
   * @throws {TimeoutError}, {@link ConnectionError} `socketio/aborted`; {@link DisconnectedError} after the end, once all events are taken;
   *   {@link SocketIOError} `socketio/too-many-receivers`.
   */
  async receive(options: WaitOptions = {}): Promise<Received<Listen>> {
    return (await this.#require("receive").inbox.receive(options)) as Received<Listen>;
  }

  /** All events until the end; throws {@link DisconnectedError} unless either side disconnected on purpose. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Received<Listen>, void, undefined> {
    for (;;) {
      try {
        yield await this.receive();
      } catch (error) {
        if (error === this.#ending && error instanceof DisconnectedError && error.cause === undefined) return;
        throw error;
      }
    }
  }

  /** Idempotent. What was received can still be taken. */
  disconnect(): void {
    this.#connection?.socket.disconnect();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disconnect();
    return Promise.resolve();
  }

  #require(operation: string): Connection<Listen, Emit> {
    if (this.#connection !== undefined) return this.#connection;
    throw new DisconnectedError(`Cannot ${operation}: the client is not connected, connect() first`);
  }

  #begin(socket: SimpleSocket<Listen, Emit>): void {
    const inbox = new EventInbox(this.#limits, socket.io.clock);
    this.#connection = { socket, inbox };
    this.#ending = undefined;
    socket.onAny((...event: [string, ...unknown[]]) => this.#take(socket, inbox, event));
    socket.on("connect", () => {
      for (const settle of this.#waiting) settle(true);
    });
    socket.onFinal = (reason, cause) => this.#ended(inbox, new DisconnectedError(`Disconnected: ${reason}`, { reason, cause }));
  }

  /** The socket, connected. */
  async #ready(options: WaitOptions, operation: string): Promise<SimpleSocket<Listen, Emit>> {
    const { socket } = this.#require(operation);
    const { maxBufferedEvents = DEFAULT_MAX_BUFFERED_EVENTS } = this.#options;
    if (!socket.connected && this.#ending === undefined && this.#waiting.size >= maxBufferedEvents) throw atLimit(`Cannot ${operation}: too many calls wait for the connection`, "socketio/buffer-full", "maxBufferedEvents", maxBufferedEvents);
    await bounded<true>(socket.io.clock, options, operation, (settle) => {
      if (this.#ending !== undefined) settle(this.#ending);
      else if (socket.connected) settle(true);
      else this.#waiting.add(settle);
      return () => void this.#waiting.delete(settle);
    });
    return socket;
  }

  #take(socket: SimpleSocket<Listen, Emit>, inbox: EventInbox, event: ReceivedEvent): void {
    if (inbox.add(event) || this.#ending !== undefined) return;
    const full = new SocketIOError("Disconnected: too many events wait to be received", { code: "socketio/inbox-full" });
    this.#ended(inbox, new DisconnectedError(full.message, { reason: "inbox full", cause: full }));
    socket.disconnect();
  }

  #ended(inbox: EventInbox, error: DisconnectedError): void {
    if (this.#ending !== undefined) return;
    this.#ending = error;
    inbox.end(error);
    for (const settle of this.#waiting) settle(error);
  }
}

/** @throws {SocketIOError} `socketio/invalid-option` */
function readLimits({ maxReceivedEvents = DEFAULT_LIMITS.maxReceivedEvents, maxReceivers = DEFAULT_LIMITS.maxReceivers }: SimpleClientOptions): InboxLimits {
  const limits = { maxReceivedEvents, maxReceivers };
  for (const [name, value] of Object.entries(limits)) {
    if (!(value > 0)) throw invalidOption(`${name} must be a positive number`);
  }
  return limits;
}
