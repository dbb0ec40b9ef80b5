/**
 * @x/simple-ws/server: Node only. Re-exports only.
 *
 * Room: entry.
 */
export { accept, acceptNow, type Greet } from "./node/upgrade.js";
export { serve, WebSocketServer, type BroadcastOptions, type CloseServerOptions } from "./node/server.js";
export type { ServeOptions } from "./node/serve-options.js";
export type { AcceptOptions } from "./node/server-options.js";
export type { OriginPolicy, Refusal, UpgradeRequest } from "./core/handshake/server.js";
export { WebSocketConnection, type PingOptions } from "./shell/socket.js";
export type { ConnectionHandler, ConnectionStats, Fragments, MessageConnection, ReceiveOptions, Sendable, SendOptions } from "./shell/contract.js";
export { enableTrace, formatTrace, type TraceLogger } from "./shell/enable-trace.js";
export type { TraceDirection, TraceEvent, TraceSink } from "./shell/trace.js";
export type { DiagnosticMessages } from "./node/diagnostics.js";
export type { CloseInfo } from "./core/closing.js";
export type { ConnectionOptions, InboxPolicy } from "./core/options.js";
export { fieldOf, type HeadersInput } from "./core/handshake/headers.js";
export type { ExtensionOptions } from "./node/extensions.js";
export { createZlibPort, MAX_DEFLATE_JOBS } from "./node/deflate.js";
export { perMessageDeflate, prepareMessage, type ExtensionFactory, type PerMessageDeflateOptions, type PreparedMessage } from "@x/wsframe";
export { ConnectionClosed, ConnectionError, SimpleWebsocketError, simpleWsCodes, type SimpleWsCode } from "@x/errors/simple-ws";
