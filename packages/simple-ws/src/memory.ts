/**
 * @x/simple-ws/memory: a connected pair without a network. Re-exports only.
 *
 * Room: entry.
 */
export { pair, type MemoryPair, type PairOptions } from "./memory/pair.js";
export { NO_FAULTS, type WireFaults } from "./memory/faulty-link.js";
export { ManualClock } from "./memory/manual-clock.js";
export { WebSocketConnection, type PingOptions } from "./shell/socket.js";
export type { ConnectionHandler, ConnectionStats, Fragments, MessageConnection, ReceiveOptions, Sendable, SendOptions } from "./shell/contract.js";
export { enableTrace, formatTrace, type TraceLogger } from "./shell/enable-trace.js";
export type { TraceDirection, TraceEvent, TraceSink } from "./shell/trace.js";
export type { CloseInfo } from "./core/closing.js";
export type { ConnectionOptions, InboxPolicy } from "./core/options.js";
export { prepareMessage, type PreparedMessage } from "@x/wsframe";
