/**
 * The WHATWG `WebSocket` class (https://websockets.spec.whatwg.org) on this package's client.
 *
 * Room: simple-ws node. Where a browser has options nobody can give, a third argument takes those of `connect`.
 */
import { Blob } from "node:buffer";
import { ConnectionError, SimpleWebsocketError } from "@x/errors/simple-ws";
import { CloseCode } from "@x/wsframe";
import { isToken } from "../core/handshake/headers.js";
import { parseWebSocketUrl } from "../core/url.js";
import type { CloseInfo } from "../core/closing.js";
import type { WebSocketConnection } from "../shell/socket.js";
import type { ConnectOptions } from "./client-options.js";
import { connect } from "./client.js";
import { CloseEvent, ErrorEvent, EventHandlers } from "./whatwg-events.js";

export type BinaryType = "blob" | "arraybuffer";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** Options of `connect` but those that the class's own arguments say. */
export type WebSocketInit = Omit<ConnectOptions, "subprotocols" | "signal">;

export class WebSocket extends EventHandlers {
  static readonly CONNECTING: 0 = CONNECTING;
  static readonly OPEN: 1 = OPEN;
  static readonly CLOSING: 2 = CLOSING;
  static readonly CLOSED: 3 = CLOSED;
  readonly CONNECTING: 0 = CONNECTING;
  readonly OPEN: 1 = OPEN;
  readonly CLOSING: 2 = CLOSING;
  readonly CLOSED: 3 = CLOSED;
  readonly #url: string;
  readonly #opening = new AbortController();
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #binaryType: BinaryType = "blob";
  #connection: WebSocketConnection | undefined;
  /** Bytes that send() was given after the end: they never leave, and are counted for ever. */
  #lostBytes = 0;

  /** @throws {DOMException} "SyntaxError": the URL is no WebSocket URL or has a fragment; a subprotocol is no token or is named twice. */
  constructor(url: string | URL, protocols: string | readonly string[] = [], init: WebSocketInit = {}) {
    super();
    this.#url = checkUrl(String(url));
    const subprotocols = checkProtocols(typeof protocols === "string" ? [protocols] : protocols);
    void this.#open(String(url), { ...init, subprotocols, signal: this.#opening.signal });
  }

  /** Without credentials, which the server gets as HTTP Basic authorization. */
  get url(): string {
    return this.#url;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  get bufferedAmount(): number {
    return (this.#connection?.bufferedBytes ?? 0) + this.#lostBytes;
  }

  /** The subprotocol agreed on; "" until then, and for none. */
  get protocol(): string {
    return this.#connection?.protocol ?? "";
  }

  get extensions(): string {
    return this.#connection?.extensions ?? "";
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    const isKnown = new Set<string>(["blob", "arraybuffer"]).has(type);
    if (isKnown) this.#binaryType = type; // an enumeration of Web IDL: other values are ignored
  }

  /** @throws {DOMException} "InvalidStateError" while connecting. */
  send(data: string | ArrayBuffer | ArrayBufferView | Blob): void {
    if (this.#readyState === CONNECTING) throw new DOMException("Cannot send: still connecting, must be open", "InvalidStateError");
    if (data instanceof Blob) this.#sendBlob(data);
    else this.#send(typeof data === "string" || data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? data : String(data));
  }

  /**
   * @param given the code: 1000 or 3000–4999; none by default, which the peer is told as 1005. @param reason at most 123 bytes of UTF-8.
   * @throws {DOMException} "InvalidAccessError", "SyntaxError".
   */
  close(given?: number, reason?: string): void {
    const code = given === undefined ? undefined : Math.round(given); // an unsigned short of Web IDL
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException(`Cannot close: code is ${code}, must be 1000 or 3000–4999`, "InvalidAccessError");
    if (reason !== undefined && Buffer.byteLength(reason) > 123) throw new DOMException("Cannot close: reason must have at most 123 bytes of UTF-8", "SyntaxError");
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    if (this.#connection === undefined) this.#opening.abort();
    else void this.#connection.close(code ?? (reason === undefined || reason === "" ? CloseCode.noStatus : CloseCode.normal), reason);
  }

  async #open(url: string, options: ConnectOptions): Promise<void> {
    try {
      const connection = await connect(url, options);
      if (this.#opening.signal.aborted) connection.terminate(); // close() was called when it was open already and we did not know yet
      this.#opening.signal.throwIfAborted();
      this.#connection = connection;
      this.#readyState = OPEN;
      this.dispatchEvent(new Event("open"));
      connection.attach({ onMessage: (data) => this.#receive(data), onClose: (info) => this.#end(info) });
    } catch (error) {
      this.#readyState = CLOSED;
      this.dispatchEvent(new ErrorEvent("error", error));
      this.dispatchEvent(new CloseEvent({ code: 1006, reason: "", wasClean: false }));
    }
  }

  #receive(data: string | Uint8Array): void {
    if (this.#readyState !== OPEN) return; // the standard: only while open
    const payload = typeof data === "string" ? data : this.#binaryType === "blob" ? new Blob([data]) : toArrayBuffer(data);
    this.dispatchEvent(new MessageEvent("message", { data: payload, origin: new URL(this.#url).origin }));
  }

  #end({ code, reason, wasClean, initiator }: CloseInfo): void {
    this.#readyState = CLOSED;
    if (!wasClean && initiator !== "remote") this.dispatchEvent(new ErrorEvent("error", new ConnectionError("The connection was lost")));
    this.dispatchEvent(new CloseEvent({ code, reason, wasClean }));
  }

  #send(data: string | ArrayBuffer | ArrayBufferView): void {
    const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.byteLength;
    if (this.#readyState !== OPEN || this.#connection === undefined) {
      this.#lostBytes += bytes;
      return;
    }
    try {
      void this.#connection.send(data);
    } catch (error) {
      if (!(error instanceof SimpleWebsocketError)) throw error;
      this.#lostBytes += bytes; // the standard: what cannot be buffered fails the connection
      this.#connection.terminate();
    }
  }

  /** A Blob is read first; what is sent after it waits by the connection's own order. */
  #sendBlob(blob: Blob): void {
    const connection = this.#connection;
    if (this.#readyState !== OPEN || connection === undefined) this.#lostBytes += blob.size;
    else connection.sendFragments(piecesOf(blob)).catch(ignore); // the end of the connection is told by its events
  }
}

async function* piecesOf(blob: Blob): AsyncGenerator<Uint8Array> {
  for await (const piece of blob.stream()) yield piece as Uint8Array;
}

function checkUrl(text: string): string {
  try {
    return parseWebSocketUrl(text).href;
  } catch (cause) {
    throw new DOMException(cause instanceof Error ? cause.message : "Cannot use URL", "SyntaxError");
  }
}

function checkProtocols(protocols: readonly string[]): readonly string[] {
  const names = protocols.map(String);
  if (names.every(isToken) && new Set(names.map((name) => name.toLowerCase())).size === names.length) return names;
  throw new DOMException("Cannot offer subprotocols: each must be a token, and named once", "SyntaxError");
}

function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

function ignore(): void {
  // known by another way
}
