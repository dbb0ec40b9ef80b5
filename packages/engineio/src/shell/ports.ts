/**
 * What drivers give to the shell, and the shell to the layer above.
 *
 * Room: engineio shell. `node`, `web` and `memory` implement these.
 */
import type { Clock, Swept } from "@x/errors/clock";
import type { StreamCarrier } from "../core/carrier.js";
import type { CloseReason } from "../core/session-config.js";
import type { CarriedSession } from "../core/session-ports.js";
import type { TextPort } from "../core/text.js";

/** Text or bytes as applications give them; any other object travels as its JSON text, which is what the receiver gets. */
export type MessageData = string | Uint8Array | ArrayBuffer | ArrayBufferView | object;

/**
 * Push mode for the layer above: called straight from the transport, without events, promises or arrays in between.
 * What a function throws is reported and goes no further.
 */
export interface MessageHandler {
  onMessage(data: string | Uint8Array): void;
  onClose(reason: CloseReason, description?: unknown): void;
  /** Nothing waits in the session any more. */
  onDrain?(): void;
}

/** One polling request. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly body?: string | undefined;
  /** The last request of a page that may be going away. */
  readonly isLast: boolean;
  /** Longest answer that is read. Bytes. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Names in lower case; in pages only what the other origin shows. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
}

/** What both transports of a client send along. */
export interface RequestSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly withCredentials: boolean;
  readonly subprotocols: readonly string[];
  /** Longest message that is accepted. Bytes. */
  readonly maxMessageBytes: number;
}

/** A client's WebSocket, open; `listen` starts the delivery of what it receives. */
export interface ClientStream extends StreamCarrier {
  listen(): void;
}

/** A transport of the client other than polling; `streamTransport` makes one of a `PacketStream`. */
export interface ClientTransport {
  /** As servers name it in `upgrades` and in the parameter `transport`. */
  readonly name: string;
  /** Rejects when it does not open; `signal` gives it up. */
  open(session: CarriedSession, url: string, settings: RequestSettings, signal: AbortSignal): Promise<ClientStream>;
}

/** Ticks what is due: on Node one timer for all sessions, in a page, which has a session or two, a timer each. */
export interface Deadlines {
  add(entry: Swept): void;
  delete(entry: Swept): void;
  /** The deadline of `entry` may have moved earlier. */
  touch(entry: Swept): void;
}

/** A platform's half of the client. */
export interface ClientPlatform {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly text: TextPort;
  /** Time that goes on while the machine sleeps. Milliseconds. */
  wallNowMs(): number;
  /** Where a client without a URL connects to; `undefined` where there is no such place. */
  origin(): string | undefined;
  /** Rejects when there is no complete answer; any status is an answer. */
  request(request: HttpRequest, settings: RequestSettings): Promise<HttpAnswer>;
  openWebSocket(session: CarriedSession, url: string, settings: RequestSettings, signal: AbortSignal): Promise<ClientStream>;
  /** Tell `socket` of the page's end, of a lost network and of waking up. @returns what stops it. */
  watch(events: PageEvents): () => void;
}

/** What only a page hears of. */
export interface PageEvents {
  leaving(): void;
  offline(): void;
  awake(): void;
}
