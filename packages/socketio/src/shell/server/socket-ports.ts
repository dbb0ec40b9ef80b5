/**
 * What a socket asks of its namespace and of its connection.
 *
 * Room: socketio shell.
 */
import type { Adapter, WriteOptions } from "../../adapter/port.js";
import type { Room, SocketId } from "../../core/broadcast.js";
import type { EventArguments, EventName, Untyped, WithReplies } from "../../core/event-types.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { EncodedPacket, Packet } from "../../core/packet.js";
import type { SessionKeeper } from "../../core/session-keeper.js";
import type { BroadcastOperator } from "./broadcast-operator.js";
import type { EngineConnection, Request, ServerContext } from "./ports.js";
import type { RemoteSocket } from "./remote-socket.js";

/** Whoever handles the events of all sockets of a namespace. The function that acknowledges is the last argument. */
export type Receiver = (id: SocketId, event: string, args: readonly unknown[]) => void;

/** The namespace as its sockets need it. */
export interface SocketNamespace<InterServer> {
  readonly name: string;
  readonly adapter: Adapter;
  /** Where clients may come back. */
  readonly sessions: SessionKeeper | undefined;
  readonly context: ServerContext;
  readonly sockets: ReadonlyMap<SocketId, unknown>;
  /** Told each event after the listeners of its socket. */
  readonly receiver: Receiver | undefined;
  _ids: number;
  to(room: Room | readonly Room[]): BroadcastOperator<Untyped, Untyped>;
  in(room: Room | readonly Room[]): BroadcastOperator<Untyped, Untyped>;
  except(room: Room | readonly Room[]): BroadcastOperator<Untyped, Untyped>;
  emit(event: string, ...args: Untyped[]): boolean;
  serverSideEmit<Name extends EventName<InterServer>>(event: Name, ...args: EventArguments<WithReplies<InterServer>, Name>): boolean;
  fetchSockets(): Promise<RemoteSocket<Untyped, Untyped>[]>;
  /** @internal The socket is gone. */
  remove(socket: { readonly id: SocketId }): void;
  /** @internal The socket was not let in. */
  abandon(): void;
}

/** The connection as its sockets need it. */
export interface SocketClient {
  readonly id: string;
  readonly conn: EngineConnection;
  readonly request: Request;
  readonly sockets: ReadonlyMap<SocketId, { readonly id: SocketId; readonly nsp: { readonly name: string } }>;
  write(packet: Packet, flags?: EmitFlags): void;
  writeToEngine(packets: EncodedPacket, options: WriteOptions, nsp?: string): void;
  disconnect(): void;
  /** @internal The client has another connection: this one ends, which its sockets may survive. */
  supersede(): void;
  /** @internal The socket is gone. */
  remove(socket: { readonly id: SocketId; readonly nsp: { readonly name: string } }): void;
}
