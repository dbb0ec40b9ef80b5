/**
 * @x/simple-ws on Node: client and server. Elsewhere this name gives the client alone. Re-exports only.
 *
 * Room: entry. What both entries export is taken from one of them: bundlers call two stars over the same outside name ambiguous.
 */
export * from "./client.js";
export { accept, serve, WebSocketServer } from "./server.js";
export type { AcceptOptions, BroadcastOptions, CloseServerOptions, OriginPolicy, Refusal, ServeOptions, UpgradeRequest } from "./server.js";
