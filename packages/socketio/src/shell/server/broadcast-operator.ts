/**
 * `io.to("room").except("id").emit(…)`: events for many sockets, and the sockets of a cluster as seen from here.
 *
 * Room: socketio shell. Operators are values: each step gives a new one.
 */
import { type Audience, type BroadcastFlags, everybody, type Room, type SocketId } from "../../core/broadcast.js";
import type { AckName, AckValue, AllButLast, EventArguments, EventName, WithReplies } from "../../core/event-types.js";
import { eventData } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { broadcast, type BroadcastHost } from "./broadcast.js";
import { collectReplies, type RepliesListener } from "./broadcast-acks.js";
import { list, type RemoteDetails, type RemoteSocket, SocketElsewhere } from "./remote-socket.js";

export class BroadcastOperator<Emit, SocketData> {
  readonly #host: BroadcastHost;
  readonly #audience: Audience;

  constructor(host: BroadcastHost, audience: Audience = everybody) {
    this.#host = host;
    this.#audience = audience;
  }

  /** Adds a room, or several; a socket in more than one of them gets the event once. No room at all (`[]`) reaches nobody. */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.#chain(this.#audience.to(room));
  }

  /** {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.to(room);
  }

  /** Leaves out the members of a room; a socket's id is the name of its own. */
  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.#chain(this.#audience.except(room));
  }

  /** @param compress `false`: the event is not compressed on its way to anybody, for one that holds a secret beside what others chose. Default `true`. */
  compress(compress: boolean): BroadcastOperator<Emit, SocketData> {
    return this.#with({ compress });
  }

  /** Clients whose connection is not ready miss the event. */
  get volatile(): BroadcastOperator<Emit, SocketData> {
    return this.#with({ volatile: true });
  }

  /** Only this server's sockets. */
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.#with({ local: true });
  }

  /** @param timeoutMs how long acknowledgements may take. Default: 60 000. */
  timeout(timeoutMs: number): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.#host, this.#audience.with({ timeout: timeoutMs }));
  }

  /**
   * Sends an event to all of them; encoded once. A function as last argument is called with an error (a
   * {@link TimeoutError} with `.responses`, or `null`) and the replies of all clients.
   * @returns `true` (as socket.io does).
   * @throws {SocketIOError} `socketio/reserved-event`, `socketio/invalid-argument`, `socketio/too-deep`.
   */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<WithReplies<Emit>, Name>): boolean {
    this.#emitAny(event, args);
    return true;
  }

  /**
   * @returns the first value of each client's acknowledgement.
   * @throws {TimeoutError} (as a rejection) with `.responses`, when one is missing after `timeout(ms)`, or after 60 s.
   */
  emitWithAck<Name extends AckName<Emit>>(event: Name, ...args: AllButLast<EventArguments<Emit, Name>>): Promise<AckValue<EventArguments<Emit, Name>>[]>;
  emitWithAck(event: string, ...args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#emitWithReplies(event, args, (error, replies) => (error === null ? resolve(replies) : reject(error)));
    });
  }

  /** `emit("message", …)`. */
  send(...args: EventArguments<WithReplies<Emit>, "message">): this {
    this.#emitAny("message", args);
    return this;
  }

  /** {@link send}. */
  write(...args: EventArguments<WithReplies<Emit>, "message">): this {
    return this.send(...args);
  }

  /** @returns the ids of the sockets. */
  allSockets(): Promise<Set<SocketId>> {
    return this.#audience.isNobody ? Promise.resolve(new Set()) : this.#host.adapter.sockets(this.#audience.options().rooms);
  }

  /** @returns the sockets: this server's as they are, and those of other servers as they were when asked. */
  async fetchSockets(): Promise<RemoteSocket<Emit, SocketData>[]> {
    if (this.#audience.isNobody) return [];
    const found = await this.#host.adapter.fetchSockets(this.#audience.options());
    const sockets = found as (RemoteSocket<Emit, SocketData> | RemoteDetails<SocketData>)[]; // adapters know nothing of event maps
    return sockets.map((socket) => ("emit" in socket ? socket : new SocketElsewhere<Emit, SocketData>(this.#host, socket)));
  }

  socketsJoin(room: Room | readonly Room[]): void {
    if (!this.#audience.isNobody) this.#host.adapter.addSockets(this.#audience.options(), list(room));
  }

  socketsLeave(room: Room | readonly Room[]): void {
    if (!this.#audience.isNobody) this.#host.adapter.delSockets(this.#audience.options(), list(room));
  }

  /** @param close whether to end the underlying connections too. */
  disconnectSockets(close = false): void {
    if (!this.#audience.isNobody) this.#host.adapter.disconnectSockets(this.#audience.options(), close);
  }

  #emitAny(event: string, args: readonly unknown[]): void {
    const last = args.at(-1);
    if (typeof last === "function") this.#emitWithReplies(event, args.slice(0, -1), last as RepliesListener);
    else this.#emit(event, args);
  }

  #emit(event: string, args: readonly unknown[]): void {
    const packet = { type: PacketType.EVENT, data: eventData(event, args) };
    if (!this.#audience.isNobody) broadcast(this.#host.adapter, this.#host.context, packet, this.#audience.options());
  }

  #emitWithReplies(event: string, args: readonly unknown[], listener: RepliesListener): void {
    const packet = { type: PacketType.EVENT, data: eventData(event, args) };
    const audience = this.#audience.options();
    if (this.#audience.isNobody) listener(null, []);
    else collectReplies(this.#host, packet, audience, listener);
  }

  #with(flags: BroadcastFlags): BroadcastOperator<Emit, SocketData> {
    return this.#chain(this.#audience.with(flags));
  }

  #chain(audience: Audience): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.#host, audience);
  }
}
