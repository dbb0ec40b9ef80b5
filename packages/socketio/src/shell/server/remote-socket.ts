/**
 * What `fetchSockets` answers: this server's sockets as they are, those of other servers as they were when asked.
 *
 * Room: socketio shell. What is told to a socket elsewhere travels as a broadcast to the room of its own, and so does the answer.
 */
import { DisconnectedError } from "@x/errors/socketio";
import { Audience, type Room, type SocketId } from "../../core/broadcast.js";
import type { EventArguments, EventName } from "../../core/event-types.js";
import { type EmitFlags, Outgoing } from "../../core/outgoing.js";
import { eventData } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { broadcast, type BroadcastHost } from "./broadcast.js";
import { collectReplies } from "./broadcast-acks.js";
import type { Handshake } from "./handshake.js";

/** A socket of any server of the cluster. One of this server is its {@link Socket}: rooms and data are its own. */
export interface RemoteSocket<Emit, SocketData> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: ReadonlySet<Room>;
  readonly data: SocketData;
  /** As {@link Socket.emit}: a function as last argument is called with the acknowledgement; with that of a socket elsewhere within 60 s, or not at all. */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Emit, Name>): boolean;
  /** @param timeoutMs how long the acknowledgement may take; the callback is then told about an error first. */
  timeout(timeoutMs: number): Outgoing<Emit, true>;
  join(room: Room | readonly Room[]): Promise<void> | void;
  leave(room: Room): Promise<void> | void;
  /** @param close whether to end the underlying connection too. */
  disconnect(close?: boolean): this;
}

/** How adapters tell of a socket that is elsewhere. */
export interface RemoteDetails<SocketData> {
  readonly id: SocketId;
  readonly rooms: ReadonlySet<Room> | readonly Room[];
  readonly handshake: Handshake;
  readonly data: SocketData;
}

export class SocketElsewhere<Emit, SocketData> implements RemoteSocket<Emit, SocketData> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: ReadonlySet<Room>;
  readonly data: SocketData;
  readonly #host: BroadcastHost;
  readonly #audience: Audience;

  constructor(host: BroadcastHost, { id, handshake, rooms, data }: RemoteDetails<SocketData>) {
    this.id = id;
    this.handshake = handshake;
    this.rooms = new Set(rooms);
    this.data = data;
    this.#host = host;
    this.#audience = new Audience(new Set([id]));
  }

  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Emit, Name>): boolean {
    return this.emitWith({}, event, args);
  }

  timeout(timeoutMs: number): Outgoing<Emit, true> {
    return new Outgoing<Emit, true>(this, { timeout: timeoutMs });
  }

  join(room: Room | readonly Room[]): void {
    this.#host.adapter.addSockets(this.#audience.options(), list(room));
  }

  leave(room: Room): void {
    this.#host.adapter.delSockets(this.#audience.options(), [room]);
  }

  disconnect(close = false): this {
    this.#host.adapter.disconnectSockets(this.#audience.options(), close);
    return this;
  }

  /** @internal {@link Outgoing} comes in here. */
  emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): boolean {
    const last = args.at(-1);
    if (typeof last === "function") {
      const acknowledge = last as (...reply: readonly unknown[]) => void;
      this.#ask(flags, event, args.slice(0, -1), (failure, value) => {
        if (flags.timeout !== undefined) acknowledge(failure, value);
        else if (failure === null) acknowledge(value);
      });
    } else {
      const { adapter, context } = this.#host;
      broadcast(adapter, context, { type: PacketType.EVENT, data: eventData(event, args) }, this.#audience.with(flags).options());
    }
    return true;
  }

  /** @internal */
  emitWithAckWith(flags: EmitFlags, event: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#ask(flags, event, args, (failure, value) => (failure === null ? resolve(value) : reject(failure)));
    });
  }

  /** @param settle told what went wrong, also that no server has the client any more; or its acknowledgement. */
  #ask(flags: EmitFlags, event: string, args: readonly unknown[], settle: (failure: Error | null, value: unknown) => void): void {
    const packet = { type: PacketType.EVENT, data: eventData(event, args) };
    collectReplies(this.#host, packet, this.#audience.with(flags).options(), (error, replies) => {
      const failure = error ?? (replies.length === 0 ? unknownClient(this.id) : null);
      settle(failure, failure === null ? replies[0] : null);
    });
  }
}

export function list(room: Room | readonly Room[]): Room[] {
  return typeof room === "string" ? [room] : [...room];
}

/** @param sid comes from the application, which may have it from a peer. */
export function unknownClient(sid: SocketId): DisconnectedError {
  return new DisconnectedError("No client with this id is connected to the namespace", { code: "socketio/unknown-session", details: { sid: sid.slice(0, 64) } });
}
