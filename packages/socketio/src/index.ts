/** `@x/socketio` on Node: server and client. By default, and by `require()`, a {@link Server} that may be called without `new`. Room: entry. */
export { BadNamespaceError, ConnectionError, ConnectionRefusedError, DisconnectedError, InMemoryAdapter, jsonCodec, Namespace, ParentNamespace, protocol, readPacket, serve, Server, Socket, SocketIOError, TimeoutError } from "./server.js";
export type * from "./server.js";
export { callableServer as default, callableServer as "module.exports" } from "./node/callable.js";
export { connect, io, Manager, Socket as ClientSocket } from "./client.js";
export type { Auth, ClientOptions, ClientReservedEvents, ConnectOptions, ManagerEvents, ManagerOptions, SocketOptions } from "./client.js";

