/** `@x/socketio/simple-client`: a client in straight lines, without listeners. Room: entry. */
export { SimpleClient } from "./shell/client/simple-lookup.js";
export type { SimpleClientOptions } from "./shell/client/simple-lookup.js";
export type { CallOptions, Received, SimpleConnectOptions } from "./shell/client/simple-client.js";
export type { ReceivedEvent } from "./shell/client/event-inbox.js";
export { BadNamespaceError, ConnectionError, ConnectionRefusedError, DisconnectedError, SocketIOError, TimeoutError } from "@x/errors/socketio";
