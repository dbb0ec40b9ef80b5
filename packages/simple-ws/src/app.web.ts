/**
 * @x/simple-ws/app where there is a native WebSocket. Re-exports only.
 *
 * Room: entry.
 */
export { WebSocketApp } from "./web/app.js";
export type { AppState } from "./shell/app.js";
export type { AppAttempt, AppCallbacks, AppFailure, AppOptions, ReconnectPolicy } from "./shell/app-options.js";
