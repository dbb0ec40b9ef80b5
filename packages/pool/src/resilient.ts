/** `@x/pool/resilient`: a WebSocket that stays connected, on Node and in browsers. Needs `@x/simple-ws` beside it. Entry file: re-exports only. */
export { connectResilient, ResilientSocket, type ResilientSocketOptions } from "./adapters/resilient.js";
export { simpleWsTransport, SimpleWsLink, type LinkedConnection, type SimpleWsOptions } from "./adapters/simple-ws-link.js";
export { dashboard, llmStream, minimal, trading, type Preset } from "./presets/resilient.js";
export type {
  AckOptions, BufferOptions, ConnectOptions, DedupOptions, HeartbeatOptions, InvalidPolicy, OpenContext, OutboxOptions, ReplayOptions, SharedOptions, UrlSource,
} from "./shell/resilient/options.js";
export type { ReceiveOptions } from "./shell/resilient/inbox.js";
export type { Schema, SchemaIssue, SchemaResult } from "./shell/resilient/schema.js";
export type { SocketStats } from "./shell/resilient/stats.js";
export {
  jsonSerializer, rawSerializer, type AttemptContext, type ConnectRequest, type HeaderFields, type Link, type LinkHandler, type Payload, type Serializer,
  type Transport,
} from "./shell/resilient/ports.js";
export type { LifecycleEvents, MessageId, ReplayMode, SocketEventMap, SocketEvents, TrafficEvents } from "./core/resilient/events.js";
export type { AttemptReason } from "./core/resilient/lifecycle.js";
export type { LinkEnd } from "./core/resilient/link-end.js";
export type { BufferLimits, HeartbeatLimits, OutboxLimits, OutboxPolicy, OverflowPolicy, SocketLimits } from "./core/resilient/options.js";
export { isActive, isTerminal, mayFollow, TRANSITIONS, type Edge, type SocketState } from "./core/resilient/states.js";
export {
  BufferOverflowError, ConnectionClosedError, ConnectionError, ConnectionRefusedError, ConnectionTimeoutError, InvalidFrameError, InvalidMessageError,
  InvalidStateError, JetSocketError,
} from "@x/errors/pool";
export type { ReconnectPolicy } from "@x/errors/retry";
