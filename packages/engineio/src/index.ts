/** `@x/engineio` on Node: the server, the client, and this layer's errors. Room: entry. */
export * from "./server.js";
export { Socket as ClientSocket, connect } from "./client.js";
export type { ClientOptions, ConnectOptions, Handshake } from "./client.js";
export * from "@x/errors/engineio";
