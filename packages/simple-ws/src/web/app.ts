/**
 * {@link App} on the platform's WebSocket.
 *
 * Room: simple-ws web.
 */
import { WebSocketApp as App } from "../shell/app.js";
import type { AppOptions } from "../shell/app-options.js";
import { connect, type WebConnectOptions } from "./client.js";
import type { WebConnection } from "./connection.js";

/** Callbacks around a connection that is made again when it is lost. */
export class WebSocketApp extends App<WebConnectOptions, WebConnection> {
  constructor(url: string | URL, options: AppOptions<WebConnectOptions, WebConnection> = {}) {
    super(connect, String(url), options);
  }
}
