/**
 * The adapter of a single process: rooms as maps, broadcasts as one encoded packet written to every member.
 *
 * Room: socketio adapter.
 */
import { Emitter } from "@x/errors/emitter";
import type { BroadcastOptions, Room, SocketId } from "../core/broadcast.js";
import type { Untyped } from "../core/event-types.js";
import type { EncodedPacket, Packet } from "../core/packet.js";
import type { Adapter, AdapterNamespace, AdapterSocket, BroadcastPacket } from "./port.js";

export interface AdapterEvents extends Record<string, readonly unknown[]> {
  "create-room": readonly [room: Room];
  "delete-room": readonly [room: Room];
  "join-room": readonly [room: Room, id: SocketId];
  "leave-room": readonly [room: Room, id: SocketId];
}

export class InMemoryAdapter extends Emitter<AdapterEvents> implements Adapter {
  readonly nsp: AdapterNamespace;
  /** A socket alone in the room of its own name, and nowhere else, has one Set in both maps: that is what most sockets are. */
  readonly rooms: Map<Room, Set<SocketId>> = new Map<Room, Set<SocketId>>();
  readonly sids: Map<SocketId, Set<Room>> = new Map<SocketId, Set<Room>>();

  constructor(nsp: AdapterNamespace) {
    super();
    this.nsp = nsp;
  }

  init(): void {
    // rooms are made as they are joined
  }

  close(): void {
    // rooms go with their members
  }

  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  addAll(id: SocketId, rooms: Set<Room>): void {
    let joined = this.sids.get(id);
    if (joined === undefined) this.sids.set(id, (joined = new Set()));
    for (const room of rooms) {
      if (joined.has(room)) continue;
      if (room === id && joined.size === 0 && !this.rooms.has(id)) {
        this.rooms.set(id, joined.add(id));
        this.emit("create-room", room);
      } else {
        this.#separate(id);
        joined.add(room);
        this.#members(room).add(id);
      }
      this.emit("join-room", room, id);
    }
  }

  del(id: SocketId, room: Room): void {
    this.#separate(id);
    if (this.sids.get(id)?.delete(room) === true) this.#leave(id, room);
  }

  delAll(id: SocketId): void {
    const joined = this.sids.get(id);
    this.sids.delete(id);
    for (const room of joined ?? []) this.#leave(id, room);
  }

  broadcast(packet: BroadcastPacket, options: BroadcastOptions): void {
    this.#deliver(packet, options);
  }

  broadcastWithAck(packet: BroadcastPacket, options: BroadcastOptions, onCount: (clients: number) => void, ack: (...args: Untyped[]) => void): void {
    const id = this.nsp._ids++;
    onCount(this.#deliver({ ...packet, id }, options, (socket) => socket.acks.set(id, ack)));
  }

  sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    return Promise.resolve(new Set(this.#audience({ rooms }).map(({ id }) => id)));
  }

  socketRooms(id: SocketId): Set<Room> | undefined {
    return this.sids.get(id);
  }

  fetchSockets(options: BroadcastOptions): Promise<AdapterSocket[]> {
    return Promise.resolve(this.#audience(options));
  }

  /** @throws {SocketIOError} `socketio/too-many-rooms`, after all the others have joined. */
  addSockets(options: BroadcastOptions, rooms: Room[]): void {
    const failures: unknown[] = [];
    for (const socket of this.#audience(options)) {
      try {
        void socket.join(rooms);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  delSockets(options: BroadcastOptions, rooms: Room[]): void {
    for (const socket of this.#audience(options)) for (const room of rooms) void socket.leave(room);
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    for (const socket of this.#audience(options)) socket.disconnect(close);
  }

  /** There is no other server: nothing happens, and whoever wants replies gets none. */
  serverSideEmit(packet: unknown[]): Promise<void> | void {
    const last = packet.at(-1);
    if (typeof last === "function") (last as (error: null, replies: unknown[]) => void)(null, []);
  }

  /** A packet in wire form, the same for every member. */
  protected encode(packet: Packet, _options: BroadcastOptions): EncodedPacket {
    return this.nsp.server.encoder.encode(packet);
  }

  /** @returns how many members the packet went to. */
  #deliver(packet: BroadcastPacket, options: BroadcastOptions, prepare?: (socket: AdapterSocket) => void): number {
    const { flags } = options;
    const write = { volatile: flags?.volatile, compress: flags?.compress };
    const addressed = { ...packet, nsp: this.nsp.name };
    const encoded = this.encode(addressed, options);
    let count = 0;
    for (const socket of this.#audience(options)) {
      prepare?.(socket);
      socket.notifyOutgoingListeners(addressed);
      socket.client.writeToEngine(encoded, write, addressed.nsp);
      count++;
    }
    return count;
  }

  /** Members of any of the rooms (of the namespace when there is none), each once, without those in an excepted room. A copy. */
  #audience({ rooms, except }: BroadcastOptions): AdapterSocket[] {
    const members: AdapterSocket[] = [];
    const excluded = new Set<SocketId>();
    for (const room of except ?? []) for (const id of this.rooms.get(room) ?? []) excluded.add(id);
    const add = (ids: Iterable<SocketId>): void => {
      for (const id of ids) {
        const socket = excluded.has(id) ? undefined : this.nsp.sockets.get(id);
        if (socket === undefined) continue;
        members.push(socket);
        if (rooms.size > 1) excluded.add(id);
      }
    };
    if (rooms.size === 0) add(this.sids.keys());
    for (const room of rooms) add(this.rooms.get(room) ?? []);
    return members;
  }

  /** Before one of a socket's own Set's two meanings changes. */
  #separate(id: SocketId): void {
    const own = this.rooms.get(id);
    if (own !== undefined && own === this.sids.get(id)) this.rooms.set(id, new Set(own));
  }

  #members(room: Room): Set<SocketId> {
    this.#separate(room);
    let members = this.rooms.get(room);
    if (members === undefined) {
      this.rooms.set(room, (members = new Set()));
      this.emit("create-room", room);
    }
    return members;
  }

  #leave(id: SocketId, room: Room): void {
    const members = this.rooms.get(room);
    if (!members?.delete(id)) return;
    this.emit("leave-room", room, id);
    if (members.size === 0 && this.rooms.delete(room)) this.emit("delete-room", room);
  }
}
