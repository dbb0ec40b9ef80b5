/**
 * The client in browsers and everywhere else: polling over `fetch`, the platform's WebSocket.
 *
 * Room: engineio web. WHATWG Fetch, WebSockets and HTML (page lifecycle).
 */
import { ContentTooLongError } from "@x/errors/engineio";
import { neutralText } from "../core/text.js";
import type { ClientOptions } from "../shell/client-options.js";
import { ClientSocket, type ConnectOptions, openSocket } from "../shell/client-socket.js";
import type { ClientPlatform, HttpAnswer, HttpRequest, PageEvents, RequestSettings } from "../shell/ports.js";
import { deadlines } from "./deadlines.js";
import { openWebSocket } from "./websocket.js";

const platform: ClientPlatform = {
  clock: performance,
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

/**
 * Connect to `url`, by default the page's own origin.
 * @returns an open socket; messages are kept until somebody listens, or attaches.
 * @throws {ConnectionError} when no session opens; `httpStatus` and `body` are the server's answer, `cause` says why.
 */
export function connect(url?: string | URL, options: ConnectOptions = {}): Promise<Socket> {
  return openSocket(new Socket(url, options), options.signal);
}

async function request({ method, url, body, isLast, maxBytes, signal }: HttpRequest, { headers, withCredentials }: RequestSettings): Promise<HttpAnswer> {
  const answer = await fetch(url, {
    method, signal, cache: "no-store", keepalive: isLast,
    headers: body === undefined ? headers : { ...headers, "Content-Type": "text/plain;charset=UTF-8" },
    credentials: withCredentials ? "include" : "same-origin",
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  if (text.length > maxBytes) throw new ContentTooLongError("Cannot read polling answer: it is too long", { limitBytes: maxBytes });
  return { status: answer.status, body: text };
}

function watch(events: PageEvents): () => void {
  if (typeof addEventListener !== "function") return () => undefined;
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener("beforeunload", () => events.leaving(), { signal });
  addEventListener("offline", () => events.offline(), { signal });
  for (const name of ["online", "pageshow", "focus"]) addEventListener(name, () => events.awake(), { signal });
  return () => stop.abort();
}
