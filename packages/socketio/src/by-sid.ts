/** `@x/socketio/by-sid`: the server by client id, as python-socketio's users know it. Room: entry. */
export { bySid, SidServer } from "./shell/by-sid/server.js";
export type { SidOptions, SidServerHost } from "./shell/by-sid/server.js";
export { SidNamespace } from "./shell/by-sid/namespace.js";
export type { NamespaceClass, SidHost } from "./shell/by-sid/namespace.js";
export { SidMethods } from "./shell/by-sid/methods.js";
export { Tuple, tuple } from "./shell/by-sid/tuple.js";
export type { SidCall, SidData, SidHandler, SidHandlers, SidReply, SidScope, SidTarget } from "./shell/by-sid/types.js";
