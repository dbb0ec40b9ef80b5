/**
 * Sockets, rooms and events of a namespace, told to the admins as they come and go.
 *
 * Room: socketio node. Credentials in headers stay here.
 */
import type { Namespace } from "../../shell/server/namespace.js";
import type { Socket } from "../../shell/server/public-socket.js";
import type { RemoteSocket } from "../../shell/server/remote-socket.js";
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
    const upgraded = ({ name }: { readonly name: string }): void => tell("socket_updated", { id: socket.id, nsp: nsp.name, transport: name });
    socket.conn.on("upgrade", upgraded);
    socket.on("disconnect", (reason) => {
      socket.conn.off("upgrade", upgraded); // the connection may outlive it, and be in other namespaces
      tell("socket_disconnected", nsp.name, socket.id, reason, new Date());
    });
    if (showsEvents) watchEvents(nsp, socket, tell);
  });
  nsp.adapter.on("join-room", (room: Room, id: SocketId) => tell("room_joined", nsp.name, room, id, new Date()));
  nsp.adapter.on("leave-room", (room: Room, id: SocketId) => tell("room_left", nsp.name, room, id, new Date()));
}

function watchEvents({ name }: Namespace, socket: Socket, tell: Tell): void {
  socket.onAny((...event: Untyped[]) => tell("event_received", name, socket.id, typeof event.at(-1) === "function" ? event.slice(0, -1) : event, new Date()));
  socket.onAnyOutgoing((...event: Untyped[]) => tell("event_sent", name, socket.id, event, new Date()));
}

/**
 * Tells of `data` that has changed since the last look. It is looked at, not watched: what an application has put there stays what it is,
 * where the official package puts proxies in its place.
 */
export class DataWatch {
  readonly #told = new WeakMap<Socket, string>();

  look({ name: nsp, sockets }: Namespace, tell: Tell): void {
    for (const socket of sockets.values()) {
      const text = asJson(socket.data);
      if (text === (this.#told.get(socket) ?? NO_DATA)) continue;
      this.#told.set(socket, text);
      tell("socket_updated", { id: socket.id, nsp, data: JSON.parse(text) as unknown });
    }
  }
}

const NO_DATA = "{}";

/** An observer does no harm: what JSON cannot show is not shown. */
function asJson(data: unknown): string {
  try {
    return JSON.stringify([data ?? {}]).slice(1, -1); // a list always has a text, a function has none
  } catch {
    return NO_DATA;
  }
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
  return { id, clientId: local?.client.id.slice(0, 12), transport: local?.conn.transport.name, nsp: nsp.name, data: JSON.parse(asJson(data)) as unknown, handshake: { address, headers: shown, query, issued, secure, time, url, xdomain }, rooms: [...rooms] };
}
