/**
 * What delivers broadcasts: to the members of this process, or, for adapters over an engine, to those of a cluster.
 *
 * Room: socketio adapter. The shape equals socket.io-adapter's, so that adapters written for socket.io 4 fit.
 */
import type { BroadcastOptions, Room, SocketId } from "../core/broadcast.js";
import type { PacketEncoder } from "../core/codec.js";
import type { Untyped } from "../core/event-types.js";
import type { EncodedPacket, Packet } from "../core/packet.js";
import type { SessionKeeper } from "../core/session-keeper.js";

/** How a member of a namespace looks to its adapter. */
export interface AdapterSocket {
  readonly id: SocketId;
  readonly rooms: ReadonlySet<Room>;
  readonly handshake: object;
  readonly data: unknown;
  readonly acks: Map<number, (...args: Untyped[]) => void>;
  /** Told the packet's namespace, it need not be read again where a connect handler that has joined rooms turns its client away. */
  readonly client: { writeToEngine(packets: EncodedPacket, options: WriteOptions, nsp?: string): void };
  join(rooms: Room | Room[]): Promise<void> | void;
  leave(room: Room): Promise<void> | void;
  disconnect(close?: boolean): unknown;
  notifyOutgoingListeners(packet: Packet): void;
}

export interface WriteOptions {
  /** May be dropped while the connection is not ready. */
  readonly volatile?: boolean | undefined;
  /** `false`: it must not be compressed on its way. Default `true`. */
  readonly compress?: boolean | undefined;
}

/** How a namespace looks to its adapter. */
export interface AdapterNamespace {
  readonly name: string;
  readonly sockets: ReadonlyMap<SocketId, AdapterSocket>;
  /** The next acknowledgement id; adapters take theirs here. */
  _ids: number;
  /** Runs the listeners of `serverSideEmit`; called by adapters for what another server sent. */
  _onServerSideEmit(args: unknown[]): void;
  readonly server: { readonly encoder: PacketEncoder; readonly opts: object };
}

/** A packet as adapters get it: no namespace and no id yet. */
export type BroadcastPacket = Omit<Packet, "nsp" | "id"> & { nsp?: string; id?: number };

export interface Adapter {
  readonly nsp: AdapterNamespace;
  /** Clients that come back and what they missed, where the adapter keeps that. */
  readonly recovery?: SessionKeeper | undefined;
  readonly rooms: Map<Room, Set<SocketId>>;
  readonly sids: Map<SocketId, Set<Room>>;
  init(): Promise<void> | void;
  close(): Promise<void> | void;
  serverCount(): Promise<number>;
  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void;
  del(id: SocketId, room: Room): Promise<void> | void;
  delAll(id: SocketId): void;
  /** Over a network it may take until the packet is stored. */
  broadcast(packet: BroadcastPacket, options: BroadcastOptions): Promise<void> | void;
  /**
   * @param onCount told how many clients got the packet (of one server, for adapters over an engine).
   * @param ack called with each client's reply.
   */
  broadcastWithAck(packet: BroadcastPacket, options: BroadcastOptions, onCount: (clients: number) => void, ack: (...args: Untyped[]) => void): void;
  sockets(rooms: Set<Room>): Promise<Set<SocketId>>;
  socketRooms(id: SocketId): Set<Room> | undefined;
  fetchSockets(options: BroadcastOptions): Promise<Omit<AdapterSocket, "acks" | "client" | "join" | "leave" | "disconnect" | "notifyOutgoingListeners">[]>;
  addSockets(options: BroadcastOptions, rooms: Room[]): void;
  delSockets(options: BroadcastOptions, rooms: Room[]): void;
  disconnectSockets(options: BroadcastOptions, close: boolean): void;
  /** @param packet the event's name and arguments; a function as last one wants the other servers' replies. */
  serverSideEmit(packet: unknown[]): Promise<void> | void;
  on(event: string, listener: (...args: Untyped[]) => void): unknown;
  once(event: string, listener: (...args: Untyped[]) => void): unknown;
  off(event: string, listener: (...args: Untyped[]) => void): unknown;
}

/** What `io.adapter(…)` takes: a class, or a function that answers an adapter for a namespace. */
export type AdapterFactory = (new (nsp: Untyped) => Adapter) | ((nsp: Untyped) => Adapter);
