/**
 * What a namespace, and the server for its default one, can tell all sockets at once.
 *
 * Room: socketio shell.
 */
import type { Room, SocketId } from "../../core/broadcast.js";
import { TypedEmitter } from "../../core/emitter.js";
import type { AckName, AckValue, AllButLast, EventArguments, EventName, WithReplies } from "../../core/event-types.js";
import type { OnError } from "@x/errors/handlers";
import type { BroadcastOperator } from "./broadcast-operator.js";
import type { RemoteSocket } from "./remote-socket.js";

export abstract class BroadcastEmitter<Listen, Emit, SocketData, Reserved> extends TypedEmitter<Listen, Reserved> {
  protected constructor(onError: OnError) {
    super(onError);
  }

  /** An operator for the whole namespace. */
  protected abstract all(): BroadcastOperator<Emit, SocketData>;

  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.all().to(room);
  }
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.all().to(room);
  }
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.all().except(room);
  }
  compress(compress: boolean): BroadcastOperator<Emit, SocketData> {
    return this.all().compress(compress);
  }
  get volatile(): BroadcastOperator<Emit, SocketData> {
    return this.all().volatile;
  }
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.all().local;
  }
  timeout(timeoutMs: number): BroadcastOperator<Emit, SocketData> {
    return this.all().timeout(timeoutMs);
  }
  /** As {@link BroadcastOperator.emit}, to every socket of the namespace. */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<WithReplies<Emit>, Name>): boolean {
    return this.all().emit(event, ...args);
  }
  emitWithAck<Name extends AckName<Emit>>(event: Name, ...args: AllButLast<EventArguments<Emit, Name>>): Promise<AckValue<EventArguments<Emit, Name>>[]> {
    return this.all().emitWithAck(event, ...args);
  }
  send(...args: EventArguments<WithReplies<Emit>, "message">): this {
    this.all().send(...args);
    return this;
  }
  write(...args: EventArguments<WithReplies<Emit>, "message">): this {
    return this.send(...args);
  }
  fetchSockets(): Promise<RemoteSocket<Emit, SocketData>[]> {
    return this.all().fetchSockets();
  }
  allSockets(): Promise<Set<SocketId>> {
    return this.all().allSockets();
  }
  socketsJoin(room: Room | readonly Room[]): void {
    this.all().socketsJoin(room);
  }
  socketsLeave(room: Room | readonly Room[]): void {
    this.all().socketsLeave(room);
  }
  disconnectSockets(close = false): void {
    this.all().disconnectSockets(close);
  }
}
