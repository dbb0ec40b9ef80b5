/**
 * What users hold on every platform that speaks the protocol itself: Node's client and server, and the memory pair.
 *
 * Room: simple-ws shell. Checks arguments; the {@link Driver} does the rest.
 */
import { MAX_CONTROL_PAYLOAD_BYTES, type PreparedMessage } from "@x/wsframe";
import type { CloseInfo } from "../core/closing.js";
import type { Headers } from "../core/handshake/headers.js";
import type { ConnectionHandler, ConnectionStats, Fragments, MessageConnection, ReceiveOptions, Sendable, SendOptions } from "./contract.js";
import type { Driver } from "./driver.js";
import { checkClose, invalidArgument, payloadOf } from "./payload.js";

export interface PingOptions {
  /** Default Infinity: until the connection ends. */
  readonly timeoutMs?: number;
}

/** What the opening handshake settled. */
export interface Agreement {
  /** "" for none. */
  readonly protocol: string;
  /** As in `Sec-WebSocket-Extensions`; "" for none. */
  readonly extensions: string;
  /** Of a client: where it is connected to. */
  readonly url?: string;
  /** Of a client: the answer's header fields. */
  readonly headers?: Headers;
}

/** Most connections of a server agree on nothing: one object for all. */
const NOTHING_AGREED: Agreement = { protocol: "", extensions: "" };

/** A WebSocket connection. `connect`, `accept`, `serve` and `pair` make them. */
export class WebSocketConnection implements MessageConnection {
  readonly #driver: Driver;
  readonly #agreed: Agreement;

  /** @internal */
  constructor(driver: Driver, agreed: Agreement) {
    const { protocol, extensions, url } = agreed;
    this.#driver = driver;
    this.#agreed = protocol === "" && extensions === "" && url === undefined ? NOTHING_AGREED : agreed;
  }

  get protocol(): string {
    return this.#agreed.protocol;
  }

  /** What was agreed on, as in `Sec-WebSocket-Extensions`; "" for none. */
  get extensions(): string {
    return this.#agreed.extensions;
  }

  /** Where a client is connected to, after redirects and without credentials; `undefined` on a server. */
  get url(): string | undefined {
    return this.#agreed.url;
  }

  /** Header fields of the server's answer, by lower-case name; `undefined` on a server. Several `set-cookie` are joined by line feeds. */
  get responseHeaders(): Headers | undefined {
    return this.#agreed.headers;
  }

  get state(): "open" | "closing" | "closed" {
    return this.#driver.state;
  }

  get bufferedBytes(): number {
    return this.#driver.bufferedBytes;
  }

  get closed(): Promise<CloseInfo> {
    return this.#driver.closed;
  }

  send(data: Sendable, options?: SendOptions): Promise<void> {
    return this.#driver.send(payloadOf(data), options?.compress !== false);
  }

  /**
   * Sends one message piece by piece, as the iterable gives its pieces (§5.4): all strings, or all bytes. Other messages wait
   * meanwhile, Pings and Pongs do not. Pieces are not compressed.
   * @returns once the last piece is with the connection; it rejects with what the iterable threw. If a piece has left by then, the
   *   connection ends with 1011, because a message that has begun cannot be taken back; what waited behind it is not sent.
   * @throws {ConnectionClosed} at once or, as soon as the connection has ended, later.
   */
  sendFragments(fragments: Fragments): Promise<void> {
    return this.#driver.sendFragments(fragments);
  }

  sendPrepared(message: PreparedMessage, options?: SendOptions): Promise<void> {
    return this.#driver.sendPrepared(message, options?.compress !== false);
  }

  /** {@link trySend} for a message that is encoded once. */
  trySendPrepared(message: PreparedMessage, options?: SendOptions): boolean {
    return this.#driver.trySendPrepared(message, options?.compress !== false);
  }

  trySend(data: Sendable, options?: SendOptions): boolean {
    return this.#driver.trySend(payloadOf(data), options?.compress !== false);
  }

  receive(options: ReceiveOptions = {}): Promise<string | Uint8Array | null> {
    return this.#driver.intake.receive(options);
  }

  attach(handler: ConnectionHandler): void {
    this.#driver.attach(handler);
  }

  receiveNowait(): string | Uint8Array | null {
    return this.#driver.intake.receiveNowait();
  }

  pause(): void {
    this.#driver.intake.setPaused(true);
  }

  resume(): void {
    this.#driver.intake.setPaused(false);
  }

  /** Counters of this connection; reading them costs, keeping them does not. */
  stats(): ConnectionStats {
    return this.#driver.stats;
  }

  /**
   * Sends a Ping (RFC 6455 §5.5.2).
   *
   * @param payload at most 125 bytes; default one of its own.
   * @returns milliseconds until its Pong.
   * @throws {ConnectionClosed} at once or later: the connection is not open, or ends first.
   * @throws {WebSocketTimeoutException} later: `phase` "ping".
   * @throws {SimpleWebsocketError} `simple-ws/invalid-argument`, `simple-ws/too-many-pings`.
   */
  ping(payload?: string | Uint8Array, options: PingOptions = {}): Promise<number> {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    if (bytes !== undefined && bytes.length > MAX_CONTROL_PAYLOAD_BYTES) throw invalidArgument(`ping: payload has ${bytes.length} bytes, must have at most ${MAX_CONTROL_PAYLOAD_BYTES}`);
    return this.#driver.ping(bytes, options.timeoutMs ?? Infinity);
  }

  close(code = 1000, reason = ""): Promise<CloseInfo> {
    checkClose(code, reason);
    return this.#driver.close(code, reason);
  }

  terminate(): void {
    this.#driver.terminate();
  }

  [Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    return this.#driver.intake.iterate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
