/**
 * What a page's scripts find after `<script src>`: `io`, and on it the names that socket.io-client puts there.
 *
 * Room: socketio web.
 */
import { protocol } from "../core/packet.js";
import { type io as Lookup, type Manager, Socket } from "../shell/client/lookup.js";

type Io = (...args: Parameters<typeof Lookup>) => ReturnType<typeof Lookup>;

/** Sets the global `io`. */
export function publish(io: Io, ManagerClass: typeof Manager): void {
  Object.assign(globalThis, { io: Object.assign(io, { io, connect: io, Manager: ManagerClass, Socket, protocol }) });
}
