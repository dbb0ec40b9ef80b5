/** `@x/engineio` on Node: the server, the client, and this layer's errors. Room: entry. */
export * from "./server.js";
export { Connection, Socket as ClientSocket, connect } from "./client.js";
export type { ClientOptions, ClientTransport, ConnectOptions, Ending, Handshake, ReceiveOptions } from "./client.js";
