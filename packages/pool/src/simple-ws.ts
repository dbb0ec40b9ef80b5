/** `@x/pool/simple-ws`: pools of WebSocket connections. Needs `@x/simple-ws` beside it. Entry file: re-exports only. */
export { webSocketPool, WebSocketPool, type WebSocketAcquireOptions, type WebSocketPoolOptions } from "./adapters/simple-ws.js";
export type { PooledWebSocket } from "./adapters/pooled-web-socket.js";
