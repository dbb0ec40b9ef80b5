/**
 * @x/simple-ws and @x/simple-ws/client where there is a native WebSocket. Re-exports only.
 *
 * Room: entry.
 */
export { connect, type WebConnectOptions as ConnectOptions } from "./web/client.js";
export { WebConnection as WebSocketConnection } from "./web/connection.js";
export type { ConnectionHandler, MessageConnection, ReceiveOptions, Sendable, SendOptions } from "./shell/contract.js";
export type { CloseInfo } from "./core/closing.js";
export { ConnectionClosed, ConnectionError, SimpleWebsocketError, type SimpleWsCode } from "@x/errors/simple-ws";
