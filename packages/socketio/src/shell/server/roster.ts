/**
 * The sockets of a namespace: a Map to applications and adapters, a {@link Registry} inside.
 *
 * Room: socketio shell. With a Map's own table a client that comes and goes would keep everything of its connection from young
 * collections: a socket holds it all.
 */
import { Registry } from "@x/errors/registry";
import type { SocketId } from "../../core/broadcast.js";

export class Roster<Socket> extends Map<SocketId, Socket> {
  readonly #sockets = new Registry<SocketId, Socket>();

  constructor() {
    super();
    Object.defineProperty(this, Symbol.for("nodejs.util.inspect.custom"), { value: () => new Map(this.entries()) }); // for Node's console.log
  }

  override get size(): number {
    return this.#sockets.size;
  }

  override has(id: SocketId): boolean {
    return this.#sockets.has(id);
  }

  override get(id: SocketId): Socket | undefined {
    return this.#sockets.get(id);
  }

  override set(id: SocketId, socket: Socket): this {
    this.#sockets.set(id, socket);
    return this;
  }

  override delete(id: SocketId): boolean {
    return this.#sockets.delete(id);
  }

  override clear(): void {
    this.#sockets.forEach((_socket, id) => this.#sockets.delete(id));
  }

  override forEach(visit: (socket: Socket, id: SocketId, sockets: Map<SocketId, Socket>) => void, thisArg?: unknown): void {
    this.#sockets.forEach((socket, id) => visit.call(thisArg, socket, id, this));
  }

  override entries(): MapIterator<[SocketId, Socket]> {
    return this.#sockets.entries();
  }

  override *keys(): MapIterator<SocketId> {
    for (const [id] of this.#sockets.entries()) yield id;
  }

  override *values(): MapIterator<Socket> {
    for (const [, socket] of this.#sockets.entries()) yield socket;
  }

  override [Symbol.iterator](): MapIterator<[SocketId, Socket]> {
    return this.entries();
  }
}
