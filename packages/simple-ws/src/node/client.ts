/**
 * `connect`: a WebSocket client on Node's `net` and `tls`.
 *
 * Room: simple-ws node.
 */
import { parseWebSocketUrl, type WebSocketUrl } from "../core/url.js";
import type { WebSocketConnection } from "../shell/socket.js";
import { parseConnectOptions, type ConnectOptions } from "./client-options.js";
import { abortedError, connectionError } from "./failures.js";
import { Opening } from "./opening.js";
import { nodeRuntime } from "./runtime.js";

/**
 * Opens a connection (RFC 6455 §4.1).
 *
 * @param url `ws:` or `wss:` (or `http:`, `https:`); credentials in it become HTTP Basic authorization.
 * @returns an open connection; close it, or hold it with `await using`.
 * @throws {ConnectionError} whatever the reason: `code` says what happened, `cause` is the WebSocket family's error with its
 *   attributes (`statusCode`, `headers` and `body` of a refusal; `phase` and `afterMs` of a timeout) and, below it, the system's.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`, `simple-ws/invalid-argument`: the caller's fault.
 */
export async function connect(url: string | URL, options: ConnectOptions = {}): Promise<WebSocketConnection> {
  const settings = parseConnectOptions(options);
  const target = parse(String(url));
  if (settings.signal?.aborted === true) throw abortedError(settings.signal, "dns");
  return await new Opening(target, settings, nodeRuntime()).run();
}

function parse(url: string): WebSocketUrl {
  try {
    return parseWebSocketUrl(url);
  } catch (error) {
    throw connectionError(error, "dns");
  }
}
