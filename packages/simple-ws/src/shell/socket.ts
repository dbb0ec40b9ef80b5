/**
 * What users hold on every platform that speaks the protocol itself: Node's client and server, and the memory pair.
 *
 * Room: simple-ws shell. Checks arguments; the {@link Driver} does the rest.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";
import { isSendableCloseCode, MAX_CONTROL_PAYLOAD_BYTES, MAX_REASON_BYTES, neutralText, type PreparedMessage } from "@x/wsframe";
import type { CloseInfo } from "../core/closing.js";
import type { ConnectionHandler, MessageConnection, ReceiveOptions, Sendable } from "./contract.js";
import type { Driver } from "./driver.js";

export interface PingOptions {
  /** Default Infinity: until the connection ends. */
  readonly timeoutMs?: number;
}

/** A WebSocket connection. `connect`, `accept`, `serve` and `pair` make them. */
export class WebSocketConnection implements MessageConnection {
  readonly protocol: string;
  readonly url: string | undefined;
  readonly #driver: Driver;

  /** @internal */
  constructor(driver: Driver, protocol: string, url: string | undefined) {
    this.#driver = driver;
    this.protocol = protocol;
    this.url = url;
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

  send(data: Sendable): Promise<void> {
    return this.#driver.send(payloadOf(data));
  }

  sendPrepared(message: PreparedMessage): Promise<void> {
    return this.#driver.sendPrepared(message);
  }

  trySend(data: Sendable): boolean {
    return this.#driver.trySend(payloadOf(data));
  }

  receive(options: ReceiveOptions = {}): Promise<string | Uint8Array | null> {
    return this.#driver.intake.receive(options);
  }

  attach(handler: ConnectionHandler): void {
    this.#driver.intake.attach(handler);
  }

  pauseReading(): void {
    this.#driver.intake.setPaused(true);
  }

  resumeReading(): void {
    this.#driver.intake.setPaused(false);
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
    if (bytes !== undefined && bytes.length > MAX_CONTROL_PAYLOAD_BYTES) throw invalid(`ping: payload has ${bytes.length} bytes, must have at most ${MAX_CONTROL_PAYLOAD_BYTES}`);
    return this.#driver.ping(bytes, options.timeoutMs ?? Infinity);
  }

  close(code = 1000, reason = ""): Promise<CloseInfo> {
    if (!isSendableCloseCode(code)) throw invalid(`close: code is ${code}, must be 1000–1003, 1007–1014 or 3000–4999`);
    if (neutralText.byteLength(reason) > MAX_REASON_BYTES) throw invalid(`close: reason must have at most ${MAX_REASON_BYTES} bytes of UTF-8`);
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

/** @throws {SimpleWebsocketError} `simple-ws/invalid-argument`: neither text nor bytes. */
export function payloadOf(data: Sendable): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const other: unknown = data; // from a program without types
  throw invalid(`send: data is ${other === null ? "null" : typeof other}, must be a string or bytes`);
}

function invalid(what: string): SimpleWebsocketError {
  return new SimpleWebsocketError(`Cannot ${what}`, { code: "simple-ws/invalid-argument" });
}
