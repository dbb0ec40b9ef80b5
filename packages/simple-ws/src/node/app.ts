/**
 * {@link App} on Node's client.
 *
 * Room: simple-ws node.
 */
import { WebSocketApp as App } from "../shell/app.js";
import type { AppOptions } from "../shell/app-options.js";
import type { WebSocketConnection } from "../shell/socket.js";
import type { ConnectOptions } from "./client-options.js";
import { connect } from "./client.js";

/** Callbacks around a connection that is made again when it is lost, after websocket-client's class of that name. */
export class WebSocketApp extends App<ConnectOptions, WebSocketConnection> {
  constructor(url: string | URL, options: AppOptions<ConnectOptions, WebSocketConnection> = {}) {
    super(connect, String(url), options);
  }
}
