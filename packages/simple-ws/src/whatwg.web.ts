/**
 * @x/simple-ws/whatwg where there is a native WebSocket: that one. Re-exports only.
 *
 * Room: entry.
 */
export { WebSocket } from "./web/global.js";
