/** `@x/engineio/testing`: a connected pair without a network, for tests of applications. Room: entry. */
export { pair } from "./testing/pair.js";
export type { MemoryPair, MemoryServerOptions, PairFaults, PairOptions } from "./testing/pair.js";
export type { WebSocketFate } from "./memory/network.js";
export type { MemoryRequest, MemoryServerSocket } from "./memory/server.js";
export type { End, NetworkFaults } from "./memory/wire.js";
export type { ClientSocket } from "./shell/client-socket.js";
export type { MemoryClientSocket } from "./memory/client.js";
export type { ClientOptions } from "./shell/client-options.js";
export type { SendOptions } from "./core/packet.js";
export type { EngineSocket } from "./shell/socket.js";
export type { SocketEvents, TransportView } from "./shell/socket-events.js";
export type { MessageData, MessageHandler } from "./shell/ports.js";
export { ManualClock } from "@x/simple-ws/memory";
