/**
 * @x/simple-ws/app on Node. Re-exports only.
 *
 * Room: entry.
 */
export { WebSocketApp } from "./node/app.js";
export type { AppState } from "./shell/app.js";
export type { AppAttempt, AppCallbacks, AppFailure, AppOptions, ReconnectPolicy } from "./shell/app-options.js";
