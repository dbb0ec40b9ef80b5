/**
 * The client in browsers and everywhere else: polling over `fetch`, the platform's WebSocket.
 *
 * Room: engineio web. WHATWG Fetch, WebSockets and HTML (page lifecycle).
 */
import { systemClock } from "@x/errors/clock";
import { ContentTooLongError } from "@x/errors/engineio";
import { neutralText } from "../core/text.js";
import type { ClientOptions } from "../shell/client-options.js";
import { ClientSocket } from "../shell/client-socket.js";
import { Connection, type ConnectOptions, openConnection } from "../shell/connection.js";
import type { ClientPlatform, HttpAnswer, HttpRequest, RequestSettings } from "../shell/ports.js";
import { deadlines } from "./deadlines.js";
import { watch } from "./page.js";
import { openWebSocket } from "./websocket.js";

const platform: ClientPlatform = {
  clock: systemClock,
  deadlines,
  text: neutralText,
  wallNowMs: () => Date.now(),
  origin: () => (typeof location === "undefined" ? undefined : location.origin),
  request,
  openWebSocket,
  watch,
};

/** A connection to an Engine.IO server; opens itself. Its methods and events are `engine.io-client`'s. */
export class Socket extends ClientSocket {
  /** `url` defaults to the page's own origin.
   *  @throws {EngineIOError} `engineio/invalid-option`, {ConnectionError} `engineio/connection-failed` for a bad URL. */
  constructor(url?: string | URL, options: ClientOptions = {}) {
    super(url === undefined ? undefined : String(url), options, platform);
  }
}

/** {@link Socket} that stays with its first transport. */
export class SocketWithoutUpgrade extends Socket {
  constructor(url?: string | URL, options: ClientOptions = {}) {
    super(url, { ...options, upgrade: false });
  }
}

/**
 * Connect to `url`, by default the page's own origin.
 * @returns an open connection; messages are kept until somebody receives, listens, or attaches.
 * @throws {ConnectionError} when no session opens; `httpStatus`, `headers` and `body` are the server's answer, `cause` says why.
 * @throws {EngineIOError} `engineio/invalid-option`.
 */
export async function connect(url?: string | URL, options: ConnectOptions = {}): Promise<Connection> {
  return await openConnection(new Connection(url === undefined ? undefined : String(url), options, platform), options.signal);
}

async function request({ method, url, body, isLast, maxBytes, signal }: HttpRequest, { headers, withCredentials }: RequestSettings): Promise<HttpAnswer> {
  const answer = await fetch(url, {
    method, signal, cache: "no-store", keepalive: isLast,
    headers: body === undefined ? headers : { ...headers, "Content-Type": "text/plain;charset=UTF-8" },
    credentials: withCredentials ? "include" : "same-origin",
    body: body ?? null,
  });
  return { status: answer.status, body: await readText(answer, maxBytes), headers: Object.fromEntries(answer.headers) };
}

/** @throws {ContentTooLongError} and hangs up, when there are more than `limitBytes`. */
async function readText({ body }: Response, limitBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) return text + decoder.decode();
    bytes += chunk.value.length;
    if (bytes > limitBytes) {
      void reader?.cancel().catch(nothing);
      throw new ContentTooLongError("Cannot read polling answer: it is too long", { limitBytes });
    }
    text += decoder.decode(chunk.value, { stream: true });
  }
}

function nothing(): void {
  // what comes too late does not matter
}
