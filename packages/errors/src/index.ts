/**
 * `@x/errors`: the root of the tree and one namespace per family, so that `engineio.ConnectionError` reads as it should.
 *
 * Room: errors, entry.
 */
export { isTransportError, TransportError } from "./transport-error.js";
export type { AppCode, Kind, Layer, TransportErrorOptions } from "./transport-error.js";
export { describeError, MAX_DEPTH, MAX_ENTRIES, MAX_MESSAGE_LENGTH } from "./description.js";
export type { Description } from "./description.js";
export { safeText } from "./safe-text.js";
export { mayRetryAfter } from "./never-retry.js";
export type { Answer } from "./never-retry.js";
export { errorsCodes } from "./codes/errors.js";
export type { CodeEntry, CodeTable } from "./codes/code-table.js";
export * as wsframe from "./wsframe.js";
export * as simpleWs from "./simple-ws.js";
export * as engineio from "./engineio.js";
export * as socketio from "./socketio.js";
export * as pool from "./pool.js";
