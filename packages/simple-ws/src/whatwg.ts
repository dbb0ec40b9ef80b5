/**
 * @x/simple-ws/whatwg on Node: the browsers' `WebSocket` and `WebSocketStream`. Re-exports only.
 *
 * Room: entry.
 */
export { WebSocket, type BinaryType, type WebSocketInit } from "./node/whatwg.js";
export { CloseEvent, ErrorEvent, type WebSocketEventMap } from "./node/whatwg-events.js";
export { WebSocketStream, type WebSocketStreamCloseInfo, type WebSocketStreamOptions, type WebSocketStreamOpened } from "./node/websocket-stream.js";
