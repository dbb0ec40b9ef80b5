/**
 * `dial`: the byte stream that {@link connect} would use for a URL, for other protocols beside the WebSocket.
 *
 * Room: simple-ws node. One set of options, one meaning: Engine.IO's long-polling goes the same way as its WebSocket.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { parseWebSocketUrl, type WebSocketUrl } from "../core/url.js";
import { Attempt } from "./attempt.js";
import { parseConnectOptions, type ConnectOptions } from "./client-options.js";
import { connectionError } from "./failures.js";
import { openLink } from "./link.js";
import { nodeRuntime } from "./runtime.js";

/** What of {@link ConnectOptions} concerns the link; the rest is not looked at. */
export type DialOptions = Pick<
  ConnectOptions,
  "tls" | "proxy" | "proxyHeaders" | "proxyTls" | "socketPath" | "createConnection" | "lookup" | "localAddress" | "family" | "addressAttemptTimeoutMs" | "connectTimeoutMs" | "maxHeaderBytes" | "signal" | "unref"
>;

/**
 * Connects as {@link connect} does before its request: proxy, TCP or Unix socket, TLS.
 *
 * @param url `http:`, `https:`, `ws:` or `wss:`; only scheme, host and port matter.
 * @returns a stream, which belongs to the caller.
 * @throws {ConnectionError} `simple-ws/network-error`, `simple-ws/connect-timeout`, `simple-ws/aborted`, `simple-ws/invalid-url`; the cause
 *   is the WebSocket family's error, `details.phase` says how far it came.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`.
 */
export async function dial(url: string | URL, options: DialOptions = {}): Promise<Duplex> {
  const settings = parseConnectOptions(options);
  const target = targetOf(url);
  const attempt = new Attempt(nodeRuntime().clock, target.hostname, settings.signal);
  attempt.limit(settings.limits.connectTimeoutMs);
  try {
    const { stream } = await openLink(target, settings, attempt, false);
    if (settings.isUnreferenced && stream instanceof Socket) stream.unref();
    return stream;
  } catch (error) {
    throw attempt.failure(error);
  } finally {
    attempt.end();
  }
}

function targetOf(url: string | URL): WebSocketUrl {
  try {
    return parseWebSocketUrl(String(url));
  } catch (error) {
    throw connectionError(error, "dns");
  }
}
