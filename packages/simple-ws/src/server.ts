/**
 * @x/simple-ws/server: Node only. Re-exports only.
 *
 * Room: entry.
 */
export { accept } from "./node/upgrade.js";
export { serve, WebSocketServer, type ServeOptions } from "./node/server.js";
export type { AcceptOptions } from "./node/server-options.js";
export type { OriginPolicy, Refusal, UpgradeRequest } from "./core/handshake/server.js";
export { WebSocketConnection, type PingOptions } from "./shell/socket.js";
export type { ConnectionHandler, MessageConnection, ReceiveOptions, Sendable } from "./shell/contract.js";
export type { CloseInfo } from "./core/closing.js";
export type { ConnectionOptions } from "./core/options.js";
export type { HeadersInput } from "./core/handshake/headers.js";
export { prepareMessage, type PreparedMessage } from "@x/wsframe";
export { ConnectionClosed, ConnectionError, SimpleWebsocketError, simpleWsCodes, type SimpleWsCode } from "@x/errors/simple-ws";
