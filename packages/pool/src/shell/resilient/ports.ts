/**
 * What a resilient socket needs from outside: connections to be opened, and a way to write messages. Room: pool shell.
 */
import type { AttemptReason } from "../../core/resilient/lifecycle.js";
import type { LinkEnd } from "../../core/resilient/link-end.js";

/** What travels in one WebSocket message: text, or bytes. */
export type Payload = string | Uint8Array;

export interface LinkHandler {
  onMessage(data: Payload): void;
  /** Once, last. `cause` is the error of the layer below, where there is one. */
  onEnd(end: LinkEnd, cause?: unknown): void;
}

/** One open connection. */
export interface Link {
  /** The subprotocol agreed on; "" for none. */
  readonly protocol: string;
  /** As in `Sec-WebSocket-Extensions`; "" for none. */
  readonly extensions: string;
  /** More waits to be sent than should. */
  readonly isCongested: boolean;
  /** From now on the handler is told, first of what has come already. Once. */
  start(handler: LinkHandler): void;
  /** @returns a promise that resolves when less waits than should; it rejects if the connection ends first, and need not be awaited.
   *  @throws {JetSocketError} at once, when the connection is not open. */
  send(data: Payload): Promise<void>;
  /** After `false` nothing more is handed over until `true`, as far as the platform can. */
  setReading(isReading: boolean): void;
  /** Sends a WebSocket ping. @returns a promise of its pong; `undefined` where the platform cannot. It may reject. */
  ping(): Promise<unknown> | undefined;
  /** Ends it with a closing handshake; without a close, at once. Idempotent. */
  end(close?: { readonly code: number; readonly reason: string }): void;
}

/** One attempt to connect. */
export interface AttemptContext {
  /** "renew": the connection that is open will be replaced. */
  readonly reason: AttemptReason;
  /** 1 for the first, and one more for each failure; counted anew when a stable connection is lost, after which it is 2. */
  readonly attempt: number;
  /** What made it necessary; `undefined` for the first, and for renewals. */
  readonly cause: Error | undefined;
  /** Ends when nobody wants the attempt any more. */
  readonly signal: AbortSignal;
}

export type HeaderFields = Readonly<Record<string, string>>;

export interface ConnectRequest extends AttemptContext {
  readonly url: string;
  readonly headers: HeaderFields | undefined;
}

/** Opens connections. */
export interface Transport {
  /** Ends when the request's signal does. What it throws is the attempt's failure: errors of @x packages say whether another has a chance. */
  connect(request: ConnectRequest): Promise<Link>;
  /** Calls back when the network or the computer is there again. @returns how to stop. */
  watch?(onWake: () => void): () => void;
}

/** Between values and what travels. */
export interface Serializer {
  serialize(data: unknown): Payload;
  deserialize(data: Payload): unknown;
}

/** JSON in text messages; bytes are read as UTF-8. */
export const jsonSerializer: Serializer = {
  serialize: (data) => {
    const text: unknown = JSON.stringify(data); // undefined for functions and their like, whatever its type says
    return typeof text === "string" ? text : notJson();
  },
  deserialize: (data): unknown => JSON.parse(typeof data === "string" ? data : new TextDecoder("utf-8", { fatal: true }).decode(data)),
};

/** Text and bytes as they are. */
export const rawSerializer: Serializer = {
  serialize: (data) => (typeof data === "string" || data instanceof Uint8Array ? data : notRaw()),
  deserialize: (data) => data,
};

function notJson(): never {
  throw new TypeError("the value has no JSON form");
}

function notRaw(): never {
  throw new TypeError("only strings and Uint8Arrays can be sent as they are");
}
