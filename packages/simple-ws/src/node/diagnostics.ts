/**
 * What happens to connections, on channels of node:diagnostics_channel, for whoever observes the whole process.
 *
 * Room: simple-ws node. A channel without subscribers costs a look at a flag.
 */
import type { IncomingMessage } from "node:http";
import { channel, type Channel } from "node:diagnostics_channel";
import type { WebSocketConnection } from "../shell/socket.js";

/** Names and messages are as stable as any other API. `connection.closed` tells of the end. */
export interface DiagnosticMessages {
  readonly "x:simple-ws:client:open": { readonly url: string; readonly connection: WebSocketConnection };
  readonly "x:simple-ws:client:error": { readonly url: string; readonly error: unknown };
  readonly "x:simple-ws:server:open": { readonly request: IncomingMessage; readonly connection: WebSocketConnection };
  readonly "x:simple-ws:server:refused": { readonly request: IncomingMessage; readonly error: unknown };
}

const channels: { readonly [Name in keyof DiagnosticMessages]: Channel } = {
  "x:simple-ws:client:open": channel("x:simple-ws:client:open"),
  "x:simple-ws:client:error": channel("x:simple-ws:client:error"),
  "x:simple-ws:server:open": channel("x:simple-ws:server:open"),
  "x:simple-ws:server:refused": channel("x:simple-ws:server:refused"),
};

/** @param message made only if somebody listens. */
export function publish<Name extends keyof DiagnosticMessages>(name: Name, message: () => DiagnosticMessages[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish(message());
}
