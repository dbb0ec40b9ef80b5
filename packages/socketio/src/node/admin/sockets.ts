/**
 * Sockets, rooms and events of a namespace, told to the admins as they come and go.
 *
 * Room: socketio node. Credentials in headers stay here.
 */
import type { RemoteSocket } from "../../shell/server/remote-socket.js";
import type { Namespace } from "../../shell/server/namespace.js";
import type { Socket } from "../../shell/server/public-socket.js";
import type { Room, SocketId } from "../../core/broadcast.js";
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";

/** Tells every admin. */
export type Tell = (event: string, ...args: readonly unknown[]) => void;
type Shown = Pick<RemoteSocket<DefaultEventsMap, unknown>, "id" | "data" | "handshake" | "rooms">;

const SECRET: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** @param showsEvents not of the admins' own namespace: telling of what is told would not end. */
export function watchNamespace(nsp: Namespace, tell: Tell, showsEvents: boolean): void {
  nsp.prependListener("connection", (socket) => {
    tell("socket_connected", describe(nsp, socket), new Date());
    socket.conn.on("upgrade", ({ name }) => tell("socket_updated", { id: socket.id, nsp: nsp.name, transport: name }));
    socket.on("disconnect", (reason) => tell("socket_disconnected", nsp.name, socket.id, reason, new Date()));
    if (showsEvents) watchEvents(nsp, socket, tell);
  });
  nsp.adapter.on("join-room", (room: Room, id: SocketId) => tell("room_joined", nsp.name, room, id, new Date()));
  nsp.adapter.on("leave-room", (room: Room, id: SocketId) => tell("room_left", nsp.name, room, id, new Date()));
}

function watchEvents({ name }: Namespace, socket: Socket, tell: Tell): void {
  socket.onAny((...event: Untyped[]) => tell("event_received", name, socket.id, typeof event.at(-1) === "function" ? event.slice(0, -1) : event, new Date()));
  socket.onAnyOutgoing((...event: Untyped[]) => tell("event_sent", name, socket.id, event, new Date()));
}

/** @returns the sockets of all servers, as the UI wants them. */
export async function describeAll(namespaces: Iterable<Namespace>): Promise<object[]> {
  const lists = await Promise.all([...namespaces].map(async (nsp) => (await nsp.fetchSockets()).map((socket) => describe(nsp, socket))));
  return lists.flat();
}

/** Transport and connection are known of this server's own sockets only. */
function describe(nsp: Namespace, { id, data, handshake, rooms }: Shown): object {
  const { address, headers, query, issued, secure, time, url, xdomain } = handshake; // all but `auth`
  const local = nsp.sockets.get(id);
  const shown = Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET.has(name)));
  return { id, clientId: local?.client.id.slice(0, 12), transport: local?.conn.transport.name, nsp: nsp.name, data, handshake: { address, headers: shown, query, issued, secure, time, url, xdomain }, rooms: [...rooms] };
}
