/**
 * What `connect` gives: a {@link ClientSocket} that can also be asked for messages, iterated and waited for.
 *
 * Room: engineio shell. Apart from the socket, so that layers that push messages on carry none of it into a page.
 */
import { ConnectionError } from "@x/errors/engineio";
import type { CloseReason } from "../core/session-config.js";
import { type ClientOptions, invalidOption } from "./client-options.js";
import { ClientSocket } from "./client-socket.js";
import type { Ending } from "./ending.js";
import { HeldMessages } from "./held-messages.js";
import { Inbox, type InboxLimits, type ReceiveOptions } from "./inbox.js";
import type { ClientPlatform, MessageHandler } from "./ports.js";

/** What `connect` takes beside {@link ClientOptions}. */
export interface ConnectionOptions {
  /** Gives up connecting; an open connection is not touched. */
  readonly signal?: AbortSignal | undefined;
  /** Most received bytes that wait for {@link Connection.receive}; one more ends the session: `engineio/inbox-full`. Default 16777216. */
  readonly maxInboxBytes?: number | undefined;
  /** Most received messages that wait for {@link Connection.receive}; one more ends the session: `engineio/inbox-full`. Default 65536. */
  readonly maxInboxMessages?: number | undefined;
  /** Most calls of {@link Connection.receive} that wait at once; one more is refused: `engineio/too-many-receivers`. Default 1024. */
  readonly maxReceivers?: number | undefined;
}

/** Options of `connect`. */
export interface ConnectOptions extends ClientOptions, ConnectionOptions {}

const defaults: InboxLimits = { maxInboxBytes: 16_777_216, maxInboxMessages: 65_536, maxReceivers: 1024 };

/**
 * An open connection. Messages reach one of: {@link receive} and `for await`; the events `message` and `data`; a handler that is
 * attached. Until one of them is used they are kept, at most `maxBufferedBytes` of them.
 */
export class Connection extends ClientSocket implements AsyncIterable<string | Uint8Array> {
  readonly #limits: InboxLimits;
  readonly #closed: Promise<Ending>;
  #settle: (ending: Ending) => void = nothing;
  /** Until somebody receives, listens or attaches. */
  #held: HeldMessages | undefined;
  #inbox: Inbox | undefined;

  /** Opens itself; {@link openConnection} waits for it. Throws as {@link ClientSocket} does. */
  constructor(url: string | undefined, options: ConnectOptions, platform: ClientPlatform) {
    const limits = parseLimits(options);
    super(url, options, platform);
    this.#limits = limits;
    this.#closed = new Promise((resolve) => (this.#settle = resolve));
    this.#held = new HeldMessages(this.session.config.maxBufferedBytes, (error) => this.session.fail("transport error", error));
    this.deliverTo(this.#held, []);
  }

  /**
   * The next message. Several calls are answered in their order.
   * @returns `null` when none came in time.
   * @throws {EngineIOError} `engineio/too-many-receivers`; {ConnectionError} when the session ends meanwhile (`engineio/connection-lost`, `engineio/ping-timeout`; the cause says why), or
   *   `engineio/aborted`; {SocketIsClosedError} when it has ended and everything it received is handed out.
   */
  receive(options?: ReceiveOptions): Promise<string | Uint8Array | null> {
    return this.#received().receive(options);
  }

  /**
   * A message that is there already.
   * @throws {QueueEmpty} when there is none; {SocketIsClosedError} when there will be none.
   */
  receiveNow(): string | Uint8Array {
    return this.#received().receiveNow();
  }

  /** Every message. Ends when the session is closed in good order; throws {@link ConnectionError} when it is lost. */
  [Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    return this.#received().iterate();
  }

  /** Resolves when the session has ended, however it did. Never rejects. */
  wait(): Promise<Ending> {
    return this.#closed;
  }

  /** Sends what waits, closes, and waits for the end; `discard` drops what waits. */
  async disconnect({ discard = false }: { readonly discard?: boolean } = {}): Promise<void> {
    this.close(discard);
    await this.#closed;
  }

  /** Push mode: `handler` takes the place of the events `message` and `data`, and first gets what was kept for it. */
  override attach(handler: MessageHandler): void {
    this.#release(handler);
  }

  /** For the socket's makers, as in {@link ClientSocket}; no listener, which users could remove. */
  override closed(reason: CloseReason, description: unknown): void {
    super.closed(reason, description);
    this.#settle({ reason, description });
  }

  protected override listening(event: string): void {
    super.listening(event);
    if (this.#held !== undefined && (event === "message" || event === "data")) this.#release(undefined);
  }

  #release(handler: MessageHandler | undefined): void {
    const held = this.#held?.take() ?? [];
    this.#held = undefined;
    this.deliverTo(handler, held);
  }

  #received(): Inbox {
    if (this.#inbox === undefined) {
      this.#inbox = new Inbox(this.#limits, this.platform.clock, (error) => this.session.fail("transport error", error));
      this.attach(this.#inbox);
    }
    return this.#inbox;
  }
}

/** @returns `connection` once it is open. @throws {ConnectionError} `cause`, `httpStatus` and `body` say why it is not. */
export function openConnection(connection: Connection, signal: AbortSignal | undefined): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(new ConnectionError("Cannot connect: the caller gave up", { code: "engineio/aborted", cause: signal?.reason, retryable: false }));
      connection.close();
    };
    signal?.addEventListener("abort", abort, { once: true });
    connection.once("open", () => {
      signal?.removeEventListener("abort", abort);
      resolve(connection);
    });
    void connection.wait().then((ending) => {
      signal?.removeEventListener("abort", abort);
      reject(failure(ending));
    });
    if (signal?.aborted === true) abort();
  });
}

/** What is a ConnectionError says all; the rest becomes the cause of one. */
function failure({ reason, description }: Ending): ConnectionError {
  return description instanceof ConnectionError ? description : new ConnectionError(`Cannot connect: ${reason}`, { cause: description });
}

/** @throws {EngineIOError} `engineio/invalid-option`. */
function parseLimits(options: ConnectionOptions): InboxLimits {
  const limit = (name: keyof InboxLimits): number => {
    const value = options[name] ?? defaults[name];
    if (value > 0) return value;
    throw invalidOption(name, "a number above 0");
  };
  return { maxInboxBytes: limit("maxInboxBytes"), maxInboxMessages: limit("maxInboxMessages"), maxReceivers: limit("maxReceivers") };
}

function nothing(): void {
  // nobody waits yet
}
