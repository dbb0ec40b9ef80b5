/** `@x/engineio` on Node: the server, the client, and this layer's errors. Room: entry. */
export * from "./server.js";
export { Socket as ClientSocket, connect } from "./client.js";
export type { ClientOptions, ConnectOptions, Handshake } from "./client.js";
export { ConnectionError, ContentTooLongError, EngineIOError, QueueEmpty, SocketIsClosedError, UnknownPacketError, engineioCodes } from "@x/errors/engineio";
export type { EngineIOCode } from "@x/errors/engineio";
