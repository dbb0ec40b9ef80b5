/**
 * @x/simple-ws on Node: client and server. Elsewhere this name gives the client alone. Re-exports only.
 *
 * Room: entry.
 */
export * from "./client.js";
export * from "./server.js";
