/**
 * `connect`: a WebSocket client on Node's `net` and `tls`.
 *
 * Room: simple-ws node.
 */
import { Socket } from "node:net";
import { reportHandlerError } from "@x/errors/handlers";
import type { Headers, HeadersInput } from "../core/handshake/headers.js";
import { withoutHeaders } from "../core/handshake/headers.js";
import { parseWebSocketUrl, type WebSocketUrl } from "../core/url.js";
import { Driver } from "../shell/driver.js";
import type { Runtime } from "../shell/ports.js";
import { profileOf } from "../shell/profile.js";
import { WebSocketConnection } from "../shell/socket.js";
import { traced } from "../shell/trace.js";
import { Attempt } from "./attempt.js";
import { parseConnectOptions, type ConnectOptions, type ConnectSettings } from "./client-options.js";
import { cookiesFor, keepCookies } from "./cookies.js";
import { FedDuplex, NodeDuplex } from "./duplex.js";
import { publish } from "./diagnostics.js";
import { connectionError } from "./failures.js";
import { openLink, type Link } from "./link.js";
import { Opening, type Opened } from "./opening.js";
import { isRedirect, isSameOrigin, locationOf, settingsElsewhere, tooManyRedirects } from "./redirects.js";
import { nodeRuntime } from "./runtime.js";

/** What stays with the origin it was given for. */
const personal: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization", "host"]);

/**
 * Opens a connection (RFC 6455 §4.1).
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`); credentials in it become HTTP Basic authorization.
 * @returns an open connection; close it, or hold it with `await using`.
 * @throws {ConnectionError} whatever the reason: `code` says what happened, `cause` is the WebSocket family's error with its
 *   attributes (`statusCode`, `headers` and `body` of a refusal; `phase` and `afterMs` of a timeout; `stage` of a proxy) and, below
 *   it, the system's.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`, `simple-ws/invalid-argument`: the caller's fault.
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  return await connectOn(nodeRuntime(), String(url), parseConnectOptions(options));
}

/** {@link connect} on a runtime of the caller's. */
export async function connectOn(runtime: Runtime, text: string, settings: ConnectSettings): Promise<WebSocketConnection> {
  const first = parse(text);
  let url = first;
  for (let redirects = 0; ; redirects++) {
    const from = url;
    const attempt = new Attempt(runtime.clock, url.hostname, settings.signal);
    try {
      return await request(runtime, url, settings, attempt, { redirects, isTrusted: isSameOrigin(first, url) });
    } catch (error) {
      const failure = attempt.failure(error);
      publish("x:simple-ws:client:error", () => ({ url: from.href, error: failure }));
      if (!isRedirect(failure.cause) || (redirects === 0 && settings.limits.maxRedirects === 0)) throw failure;
      url = next(failure.cause, url, redirects, settings);
    } finally {
      attempt.end();
    }
  }
}

/** What depends on the redirects before. */
interface Hop {
  readonly redirects: number;
  /** The origin is the one that the caller named. */
  readonly isTrusted: boolean;
}

async function request(runtime: Runtime, url: WebSocketUrl, given: ConnectSettings, attempt: Attempt, hop: Hop): Promise<WebSocketConnection> {
  const settings = hop.isTrusted ? given : settingsElsewhere(given);
  attempt.limit(settings.limits.connectTimeoutMs);
  const opening = new Opening(url, settings, await attempt.race(headersFor(url, settings, hop)), attempt);
  const link = await openLink(url, settings, attempt);
  attempt.phase = "handshake";
  attempt.limit(settings.limits.handshakeTimeoutMs);
  const connection = await opening.run(link, (opened) => open(runtime, url, settings, link, opened)).catch(async (error: unknown) => {
    await keepRefusedCookies(url, error, settings, attempt);
    throw error;
  });
  try {
    await attempt.race(keepCookies(url, connection.responseHeaders ?? {}, settings.cookieJar));
  } catch (error) {
    connection.terminate(); // nobody would hold it
    throw error;
  }
  publish("x:simple-ws:client:open", () => ({ url: url.href, connection }));
  return connection;
}

/** What a refusal or redirect sets. A jar that fails hides no refusal. */
async function keepRefusedCookies(url: WebSocketUrl, error: unknown, { cookieJar }: ConnectSettings, attempt: Attempt): Promise<void> {
  const answer = headersOf(error);
  if (answer === undefined) return;
  await attempt.race(keepCookies(url, answer, cookieJar)).catch((failure: unknown) => reportHandlerError(failure, { event: "cookieJar" }));
}

function open(runtime: Runtime, { href }: WebSocketUrl, settings: ConnectSettings, link: Link, { protocol, extensions, headers, rest }: Opened): WebSocketConnection {
  if (link.stream instanceof Socket) prepare(link.stream, settings);
  const duplex = link.isFed ? new FedDuplex(link.stream) : new NodeDuplex(link.stream);
  const driver = new Driver(profileOf("client", settings.connection, runtime), traced(duplex, settings.trace, false), extensions);
  link.onChunk = (chunk) => duplex.feed(chunk);
  driver.start();
  duplex.feed(rest);
  return new WebSocketConnection(driver, { protocol, extensions: extensions?.field ?? "", url: href, headers });
}

function prepare(socket: Socket, { isUnreferenced }: ConnectSettings): void {
  socket.setNoDelay(true);
  if (isUnreferenced) socket.unref();
}

async function headersFor(url: WebSocketUrl, { headers, cookie, cookieJar }: ConnectSettings, { redirects, isTrusted }: Hop): Promise<HeadersInput> {
  const given = typeof headers === "function" ? await headers({ url: url.href, redirects }) : headers;
  const allowed = isTrusted ? given : withoutHeaders(given, personal);
  const cookies = await cookiesFor(url, cookie, cookieJar);
  return cookies === undefined ? allowed : [["Cookie", cookies], ...withoutHeaders(allowed, new Set())];
}

function next(answer: Parameters<typeof locationOf>[0], from: WebSocketUrl, redirects: number, { limits: { maxRedirects } }: ConnectSettings): WebSocketUrl {
  try {
    if (redirects >= maxRedirects) throw tooManyRedirects(answer, maxRedirects);
    return locationOf(answer, from);
  } catch (error) {
    throw connectionError(error, "handshake");
  }
}

function headersOf(error: unknown): Headers | undefined {
  return isRefusal(error) ? error.headers : undefined;
}

function isRefusal(error: unknown): error is { readonly headers: Headers; readonly statusCode: number } {
  return typeof error === "object" && error !== null && "statusCode" in error && "headers" in error;
}

function parse(url: string): WebSocketUrl {
  try {
    return parseWebSocketUrl(url);
  } catch (error) {
    throw connectionError(error, "dns");
  }
}
