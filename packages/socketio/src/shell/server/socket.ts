/**
 * One client in one namespace, as the server's application holds it.
 *
 * Room: socketio shell. Names and reasons as in socket.io.
 */
import type { ErrorContext } from "@x/errors/handlers";
import { everybody, type Room, type SocketId } from "../../core/broadcast.js";
import type { DefaultEventsMap, Untyped } from "../../core/event-types.js";
import { EventSocket, type EventSocketPorts } from "../../core/event-socket.js";
import { atLimit } from "../../core/faults.js";
import { OpenAckTable } from "../../core/open-acks.js";
import type { EmitFlags } from "../../core/outgoing.js";
import type { Packet } from "../../core/packet.js";
import * as PacketType from "../../core/packet-type.js";
import { isRecoverable, type Recovery } from "../../core/recovery.js";
import type { Claim, Holder, Resumed } from "../../core/session-keeper.js";
import type { Member } from "../../core/server-connection.js";
import { BroadcastOperator } from "./broadcast-operator.js";
import { type Handshake, readHandshake } from "./handshake.js";
import { Middleware, type Next } from "./middleware.js";
import type { EngineConnection, Request } from "./ports.js";
import { SocketOutgoing } from "./socket-outgoing.js";
import type { SocketClient, SocketNamespace } from "./socket-ports.js";

/** Why a socket ended; the peers' words. */
export type DisconnectReason =
  | "transport error" | "transport close" | "forced close" | "ping timeout" | "parse error"
  | "server shutting down" | "forced server close" | "client namespace disconnect" | "server namespace disconnect";

export interface ServerReservedEvents {
  disconnect: (reason: DisconnectReason, description?: unknown) => void;
  disconnecting: (reason: DisconnectReason, description?: unknown) => void;
  error: (error: Error) => void;
}

/** A socket's own `use`: the event's name and arguments, which it may change. */
export type EventMiddleware = (event: [name: string, ...args: Untyped[]], next: Next) => unknown;

export class Socket<Listen = DefaultEventsMap, Emit = DefaultEventsMap, InterServer = DefaultEventsMap, SocketData = Untyped, Nsp extends SocketNamespace<InterServer> = SocketNamespace<InterServer>>
  extends EventSocket<Listen, Emit, ServerReservedEvents> implements Member, Holder {
  readonly id: SocketId;
  readonly nsp: Nsp;
  readonly client: SocketClient;
  /** What became of the session of a client that came back, with `connectionStateRecovery`; `undefined` for one that is new. */
  recovery: Recovery | undefined;
  #data: SocketData | undefined;
  /** `undefined` for an empty one, which is what most clients send. */
  readonly #auth: Record<string, unknown> | undefined;
  readonly #issued = Date.now();
  #handshake: Handshake | undefined;
  #middleware: Middleware<[name: string, ...args: Untyped[]]> | undefined;
  #state: "connecting" | "connected" | "disconnected" = "connecting";
  #reason: DisconnectReason | undefined;

  constructor(nsp: Nsp, client: SocketClient, auth: Record<string, unknown>, claim?: Claim) {
    super(nsp.context);
    this.nsp = nsp;
    this.client = client;
    this.id = claim?.session?.sid ?? nsp.context.generateId();
    this.#auth = Object.keys(auth).length === 0 ? undefined : auth;
    if (claim === undefined) return;
    this.recovery = claim.recovery;
    this.#data = (claim.session?.holder ?? claim.session)?.data as SocketData | undefined;
  }

  /** Whether id, rooms and data are those of before a reconnection, and missed events follow. */
  get recovered(): boolean {
    return this.recovery?.outcome === "recovered";
  }

  /** Anything the application wants to keep with the socket; adapters carry it to other servers. */
  get data(): SocketData {
    return (this.#data ??= {} as SocketData);
  }
  set data(data: SocketData) {
    this.#data = data;
  }

  get connected(): boolean {
    return this.#state === "connected";
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** @internal It has left, or was not let in. */
  get isGone(): boolean {
    return this.#state === "disconnected";
  }

  get handshake(): Handshake {
    return (this.#handshake ??= readHandshake(this.client.conn, this.#auth ?? {}, this.#issued));
  }

  /** The Engine.IO session. */
  get conn(): EngineConnection {
    return this.client.conn;
  }

  get request(): Request {
    return this.client.conn.request;
  }

  get rooms(): Set<Room> {
    return this.nsp.adapter.socketRooms(this.id) ?? new Set();
  }

  /**
   * Joins rooms. A socket that middleware has yet to let in has its own room still before it, which counts.
   * @throws {SocketIOError} `socketio/too-many-rooms` above `maxRoomsPerSocket`; none of them is joined then.
   */
  join(rooms: Room | readonly Room[]): Promise<void> | void {
    const wanted = new Set(typeof rooms === "string" ? [rooms] : rooms);
    const { maxRoomsPerSocket } = this.nsp.context.settings;
    const { rooms: joined } = this;
    let count = joined.size;
    for (const room of this.#state === "connecting" ? new Set([...wanted, this.id]) : wanted) if (!joined.has(room)) count++;
    if (count > maxRoomsPerSocket) throw atLimit("Cannot join: the socket is in too many rooms", "socketio/too-many-rooms", "maxRoomsPerSocket", maxRoomsPerSocket);
    if (this.#state !== "disconnected") return this.nsp.adapter.addAll(this.id, wanted);
  }

  leave(room: Room): Promise<void> | void {
    return this.nsp.adapter.del(this.id, room);
  }

  override get volatile(): SocketOutgoing<Emit, SocketData> {
    return new SocketOutgoing(this, { volatile: true });
  }

  override compress(compress: boolean): SocketOutgoing<Emit, SocketData> {
    return new SocketOutgoing(this, { compress });
  }

  override timeout(timeoutMs: number): SocketOutgoing<Emit, SocketData, true> {
    return new SocketOutgoing(this, { timeout: timeoutMs });
  }

  /** Everyone in a room but this socket. */
  to(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.to(room);
  }

  /** {@link to}. */
  in(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.to(room);
  }

  except(room: Room | readonly Room[]): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.except(room);
  }

  /** Everyone in the namespace but this socket. */
  get broadcast(): BroadcastOperator<Emit, SocketData> {
    return new BroadcastOperator(this.nsp, everybody.except(this.id));
  }

  /** {@link broadcast}, on this server only. */
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.local;
  }

  /** Runs before the listeners of every event that arrives. `next(error)` keeps the event from them and emits `error`. */
  use(middleware: EventMiddleware): this {
    (this.#middleware ??= new Middleware()).use(middleware);
    return this;
  }

  /**
   * Leaves the namespace (`server namespace disconnect`). Does nothing to a socket that is not in it: not let in yet, or gone.
   * @param close whether to end the connection, and with it the client's other namespaces, too.
   */
  disconnect(close = false): this {
    if (!this.connected) return this;
    if (close) this.client.disconnect();
    else {
      this.client.write({ type: PacketType.DISCONNECT, nsp: this.nsp.name });
      this.end("server namespace disconnect");
    }
    return this;
  }

  /** @internal A packet for this socket arrived. */
  receive(packet: Packet): void {
    if (packet.type === PacketType.EVENT) this.receiveEvent(packet);
    else if (packet.type === PacketType.ACK) this.receiveAck(packet);
    else this.end("client namespace disconnect");
  }

  /** @internal Middleware let the client in. @param resumed what a session kept for it. */
  open(resumed?: Resumed): void {
    this.#state = "connected";
    void this.nsp.adapter.addAll(this.id, new Set<Room>().add(this.id));
    if (resumed === undefined) return;
    this.recovery = resumed.recovery;
    void this.nsp.adapter.addAll(this.id, new Set(resumed.rooms));
    for (const event of resumed.missed) this.client.writeToEngine(event.packets, event, this.nsp.name);
  }

  /** @internal The client came back on another connection. */
  supersede(): void {
    this.client.supersede();
  }

  /** @internal Refused by middleware: never connected, so that nobody needs to hear of it. */
  discard(): void {
    if (this.#state !== "connecting") return;
    this.#state = "disconnected";
    if (!this.nsp.sockets.has(this.id)) this.nsp.adapter.delAll(this.id); // else the rooms are its predecessor's, which lives on
    this.nsp.abandon();
  }

  /** @internal Ends once, with one reason. */
  end(reason: DisconnectReason, description?: unknown): void {
    if (this.#state !== "connected") return;
    this.run("disconnecting", [reason, description]);
    this.#state = "disconnected";
    this.#reason = reason;
    const { adapter, sessions } = this.nsp;
    if (isRecoverable(reason)) sessions?.leave(this.id, this.#data);
    else sessions?.drop(this.id);
    adapter.delAll(this.id);
    this.nsp.remove(this);
    this.client.remove(this);
    this.loseAcks(reason);
    this.run("disconnect", [reason, description]);
  }

  /** @internal The connection broke the protocol. */
  fault(error: unknown): void {
    this.run("error", [error instanceof Error ? error : new Error(String(error))]);
  }

  /** @internal */
  override emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): boolean {
    this.emitOnce(flags, event, args);
    return true;
  }

  protected override transmit(packet: Packet, flags: EmitFlags): void {
    if (this.#state !== "connected") return;
    const { sessions } = this.nsp;
    if (sessions === undefined) this.client.write(packet, flags);
    else sessions.send(this, packet, flags);
  }

  protected override announce(packet: Packet): void {
    if (this.nsp.sessions?.isAnnouncing !== true) super.announce(packet);
  }

  protected override listenerFailed(error: unknown, context: ErrorContext): void {
    this.nsp.context.report(error, { ...context, namespace: this.nsp.name, socketId: this.id });
  }

  protected override createAcks(limit: number, sweep: EventSocketPorts["sweep"]): OpenAckTable {
    return new OpenAckTable(limit, sweep);
  }

  protected override nextAckId(): number {
    return this.nsp._ids++;
  }

  protected override get path(): string {
    return this.nsp.name;
  }

  protected override get endReason(): string | undefined {
    return this.#state === "disconnected" ? (this.#reason ?? "refused") : undefined;
  }

  protected override dispatchIncoming(name: string, args: unknown[]): void {
    if (this.#middleware === undefined) {
      this.#deliver(name, args);
      return;
    }
    const event: [name: string, ...args: Untyped[]] = [name, ...args];
    const report = (error: unknown): void => this.nsp.context.report(error, { event: name, namespace: this.nsp.name, socketId: this.id });
    this.#middleware.run({
      subject: event,
      late: report,
      done: (failure) => {
        if (failure?.isCrash === true) report(failure.error);
        if (!this.connected) return;
        if (failure === undefined) this.#deliver(event[0], event.slice(1));
        else this.fault(failure.error);
      },
    });
  }

  #deliver(name: string, args: readonly unknown[]): void {
    this.run(name, args);
    const { receiver } = this.nsp;
    if (receiver !== undefined) this.callListener(name, receiver, [this.id, name, args]);
  }
}
