/** `@x/engineio` on Node: the server, the client, and this layer's errors. Room: entry. */
export * from "./server.js";
export { Connection, Socket as ClientSocket, connect } from "./client.js";
export type { ClientOptions, ClientTransport, ConnectOptions, Ending, Handshake, ReceiveOptions } from "./client.js";
export { ConnectionError, ContentTooLongError, EngineIOError, QueueEmpty, SocketIsClosedError, UnknownPacketError, engineioCodes } from "@x/errors/engineio";
export type { EngineIOCode } from "@x/errors/engineio";
