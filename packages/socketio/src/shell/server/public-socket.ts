/**
 * The server's socket under its public name: its namespace is always a whole {@link Namespace}.
 *
 * Room: socketio shell.
 */
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";
import type { NspSocket } from "./namespace.js";
import { Socket as AnySocket } from "./socket.js";

export type Socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped> = NspSocket<Listen, Emit, InterServer, SocketData>;
export const Socket: typeof AnySocket = AnySocket;
