/**
 * A server as its default namespace: what is said to the one is said to the other, and so is what is heard.
 *
 * Room: socketio shell. Names as in socket.io.
 */
import type { EventName as Key, Listener as Handler } from "@x/errors/emitter";
import type { Events } from "../../core/emitter.js";
import type { AckName, AckValue, AllButLast, EventArguments, EventName, WithReplies } from "../../core/event-types.js";
import { BroadcastEmitter } from "./broadcast-emitter.js";
import { BroadcastOperator } from "./broadcast-operator.js";
import type { Step } from "./middleware.js";
import type { Namespace, NamespaceReservedEvents, NspSocket } from "./namespace.js";

type Args<Listen, Emit, InterServer, Data> = Events<InterServer, NamespaceReservedEvents<NspSocket<Listen, Emit, InterServer, Data>>>;
type Name<Listen, Emit, InterServer, Data> = Key<Args<Listen, Emit, InterServer, Data>>;

export abstract class DefaultNamespace<Listen, Emit, InterServer, SocketData>
  extends BroadcastEmitter<InterServer, Emit, SocketData, NamespaceReservedEvents<NspSocket<Listen, Emit, InterServer, SocketData>>> {
  /** The default namespace, `/`. */
  abstract readonly sockets: Namespace<Listen, Emit, InterServer, SocketData>;

  use(step: Step<NspSocket<Listen, Emit, InterServer, SocketData>>): this {
    this.sockets.use(step);
    return this;
  }

  serverSideEmit<Event extends EventName<InterServer>>(event: Event, ...args: EventArguments<WithReplies<InterServer>, Event>): boolean {
    return this.sockets.serverSideEmit(event, ...args);
  }

  serverSideEmitWithAck<Event extends AckName<InterServer>>(event: Event, ...args: AllButLast<EventArguments<InterServer, Event>>): Promise<AckValue<EventArguments<InterServer, Event>>[]> {
    return this.sockets.serverSideEmitWithAck(event, ...args);
  }

  override on<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.sockets.on(event, listener);
    return this;
  }
  override once<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.sockets.once(event, listener);
    return this;
  }
  override prependListener<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.sockets.prependListener(event, listener);
    return this;
  }
  override off<Event extends Name<Listen, Emit, InterServer, SocketData>>(event?: Event, listener?: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.sockets.off(event, listener);
    return this;
  }
  override prependOnceListener<Event extends Name<Listen, Emit, InterServer, SocketData>>(event: Event, listener: Handler<Args<Listen, Emit, InterServer, SocketData>[Event]>): this {
    this.sockets.prependOnceListener(event, listener);
    return this;
  }
  override removeAllListeners(event?: Name<Listen, Emit, InterServer, SocketData>): this {
    this.sockets.removeAllListeners(event);
    return this;
  }
  override listeners(event: Name<Listen, Emit, InterServer, SocketData>): ReturnType<Namespace["listeners"]> {
    return this.sockets.listeners(event);
  }
  override listenerCount(event: Name<Listen, Emit, InterServer, SocketData>): number {
    return this.sockets.listenerCount(event);
  }
  override hasListeners(event: Name<Listen, Emit, InterServer, SocketData>): boolean {
    return this.sockets.hasListeners(event);
  }
  override eventNames(): readonly string[] {
    return this.sockets.eventNames();
  }

  protected override all(): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.sockets);
  }
}
