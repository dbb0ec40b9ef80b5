/** `@x/socketio` on Node: server and client. Room: entry. */
export { BadNamespaceError, ConnectionError, ConnectionRefusedError, DisconnectedError, InMemoryAdapter, jsonCodec, Namespace, ParentNamespace, protocol, readPacket, serve, Server, Server as default, Socket, SocketIOError, TimeoutError } from "./server.js";
export type * from "./server.js";
export { connect, io, Manager, Socket as ClientSocket } from "./client.js";
export type { Auth, ClientOptions, ClientReservedEvents, ConnectOptions, ManagerEvents, ManagerOptions, SocketOptions } from "./client.js";

