/**
 * What users of every platform hold.
 *
 * Room: simple-ws shell.
 */
import type { PreparedMessage } from "@x/wsframe";
import type { CloseInfo } from "../core/closing.js";

/** What can be sent. Strings become text messages, bytes binary ones. */
export type Sendable = string | Uint8Array | ArrayBuffer | ArrayBufferView;

/** The pieces of one message: all strings, or all bytes. */
export type Fragments = Iterable<Sendable> | AsyncIterable<Sendable>;

/** What a connection has done so far. */
export interface ConnectionStats {
  readonly messagesSent: number;
  readonly messagesReceived: number;
  /** Lost to {@link ConnectionOptions.inboxPolicy}. */
  readonly messagesDropped: number;
  /** On the wire, the opening handshake and TLS included as far as the system counts them; 0 where it does not. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly bufferedBytes: number;
  /** Of the last Ping that was answered, ours or the keepalive's. */
  readonly latencyMs: number | undefined;
}

export interface SendOptions {
  /**
   * `false` leaves this message as it is where `perMessageDeflate` is agreed on: for one that holds a secret beside what an attacker
   * chose, and for what is compressed already. Default `true`: from the threshold on. Without effect on the platform's WebSocket, which decides by itself.
   */
  readonly compress?: boolean | undefined;
}

export interface ReceiveOptions {
  /** Default Infinity; 0 asks only for what is there. */
  readonly timeoutMs?: number;
  /** Gives up waiting: `simple-ws/aborted`. */
  readonly signal?: AbortSignal;
}

/** Push mode: see {@link MessageConnection.attach}. */
export interface ConnectionHandler {
  /** What it throws, or rejects with, goes to {@link onError}; the connection goes on. */
  onMessage(data: string | Uint8Array): unknown;
  /**
   * A piece of a message that the peer sends in several (RFC 6455 §5.4), as it comes and before the message itself: its bytes, which in
   * text may end within a character. Browsers do not tell, and of compressed messages there are none.
   */
  onFragment?(fragment: Uint8Array, type: "text" | "binary", isLast: boolean): unknown;
  /** Once, when nothing of the connection is left. */
  onClose(info: CloseInfo): unknown;
  /** What was over the high-water mark has been taken. */
  onDrain?(): unknown;
  /** A Ping or Pong of the peer's; browsers do not tell. Pings are answered all the same. */
  onPing?(payload: Uint8Array): unknown;
  onPong?(payload: Uint8Array): unknown;
  /** What a handler threw. Default: the reporter of `@x/errors/handlers`. */
  onError?(error: unknown): unknown;
}

export interface MessageConnection extends AsyncIterable<string | Uint8Array> {
  /** The subprotocol agreed on; "" for none. */
  readonly protocol: string;
  /** Where a client connected to; `undefined` on a server. */
  readonly url: string | undefined;
  /** "closing" from the first Close frame, sent or received, to the end of the link. */
  readonly state: "open" | "closing" | "closed";
  /** Bytes sent that the system has not taken yet. */
  readonly bufferedBytes: number;
  /** Why it ended. Never rejects. */
  readonly closed: Promise<CloseInfo>;

  /**
   * Sends one message. Bytes given are not needed any more when the promise resolves, or on return where it is resolved already.
   * @returns a promise that resolves once less than `highWaterMarkBytes` wait; the same resolved promise while that is so.
   *   It rejects with ConnectionClosed if the connection ends first, and need not be awaited.
   * @throws {ConnectionClosed} at once, when the connection is closing or closed.
   * @throws {SimpleWebsocketError} `simple-ws/buffer-full`: over `maxBufferedBytes`.
   */
  send(data: Sendable, options?: SendOptions): Promise<void>;
  /** {@link send} for a message that is encoded once, compressed or not, and goes to many: see `prepareMessage`. */
  sendPrepared(message: PreparedMessage, options?: SendOptions): Promise<void>;
  /** Sends, if the connection is open, not over its high-water mark, and has room for the message. @returns whether it did. */
  trySend(data: Sendable, options?: SendOptions): boolean;
  /**
   * The next message, in order; messages that have come are given out before the connection's end is told.
   * @returns `null` when `timeoutMs` has passed.
   * @throws {ConnectionClosed} the connection has ended.
   * @throws {SimpleWebsocketError} `simple-ws/aborted`, `simple-ws/too-many-receivers`, `simple-ws/already-attached`.
   */
  receive(options?: ReceiveOptions): Promise<string | Uint8Array | null>;
  /** The next message that has come already. @returns `null` while there is none. Throws as {@link receive} does. */
  receiveNowait(): string | Uint8Array | null;
  /** Push mode: from now on every message goes to `handler` synchronously, first those that have come already. Once. */
  attach(handler: ConnectionHandler): void;
  /** Stops reading, down to the network. What the peer sends waits on its side. */
  pause(): void;
  resume(): void;
  /**
   * Closes with a handshake of at most `closeTimeoutMs`. Idempotent: later calls change nothing.
   * @param code 1000–1003, 1007–1014 or 3000–4999; or 1005, for none; default 1000.
   * @param reason at most 123 bytes of UTF-8.
   * @returns {@link closed}.
   * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`.
   */
  close(code?: number, reason?: string): Promise<CloseInfo>;
  /** Hangs up without a Close: the peer sees 1006. */
  terminate(): void;
  /** {@link close} with 1000. */
  [Symbol.asyncDispose](): Promise<void>;
}
