/**
 * Clients on their way in or out: their handlers run, but the namespace does not know them yet, or no longer.
 *
 * Room: socketio shell.
 */
import type { Namespace } from "../server/namespace.js";
import type { Socket } from "../server/public-socket.js";

/** A client whose connect handler runs. */
export interface Arrival {
  readonly socket: Socket;
  /** What is to be sent to it once it is in. */
  readonly onceIn: ((socket: Socket) => void)[];
  /** The application has disconnected it meanwhile. */
  isRefused: boolean;
}

export class Passing {
  readonly #arriving = new Map<string, Arrival>();
  readonly #leaving = new Map<string, Socket>();
  /** Let in by its connect handler; the namespace has yet to say so. */
  readonly #granted = new WeakMap<Socket, Arrival>();

  arriving(sid: string, { name }: Namespace): Arrival | undefined {
    const arrival = this.#arriving.get(sid);
    return arrival?.socket.nsp.name === name && !arrival.socket.isGone ? arrival : undefined;
  }

  socket(sid: string, { name }: Namespace): Socket | undefined {
    const socket = this.#arriving.get(sid)?.socket ?? this.#leaving.get(sid);
    return socket?.nsp.name === name ? socket : undefined;
  }

  /** Its connect handler begins. One that never ends must not keep a client that has been given up: the oldest are looked at first. */
  enter(socket: Socket): Arrival {
    for (const [sid, { socket: oldest }] of this.#arriving) {
      if (!oldest.isGone) break;
      this.#arriving.delete(sid);
    }
    const arrival = { socket, onceIn: [], isRefused: false };
    this.#arriving.set(socket.id, arrival);
    return arrival;
  }

  /** Its connect handler has ended. */
  entered(arrival: Arrival): void {
    const { socket } = arrival;
    if (this.#arriving.get(socket.id) === arrival) this.#arriving.delete(socket.id);
    this.#granted.set(socket, arrival);
  }

  /** The namespace has it. @returns whether a connect handler has let it in. */
  arrived(socket: Socket): boolean {
    for (const send of this.#granted.get(socket)?.onceIn ?? []) send(socket);
    return this.#granted.delete(socket);
  }

  /** Its disconnect handler begins. */
  leave(socket: Socket): void {
    this.#leaving.set(socket.id, socket);
  }

  /** Its disconnect handler has ended. */
  left(socket: Socket): void {
    if (this.#leaving.get(socket.id) === socket) this.#leaving.delete(socket.id);
  }
}
