/**
 * What both ends of a namespace do alike: emit, acknowledge, wait for acknowledgements.
 *
 * Room: socketio core. The client's and the server's socket differ only in how a packet leaves and what ends them.
 */
import type { Clock, Sweep } from "@x/errors/clock";
import type { ErrorContext } from "@x/errors/handlers";
import { DisconnectedError, TimeoutError } from "@x/errors/socketio";
import { type AckListener, AckTable } from "./acks.js";
import { CatchAllEmitter } from "./catch-all.js";
import type { AckName, AckValue, AllButLast, EventArguments, EventName } from "./event-types.js";
import { Outgoing, type EmitFlags } from "./outgoing.js";
import { eventData, type EventPacket, type Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";

/** What all sockets of a namespace share. */
export interface EventSocketPorts {
  readonly clock: Clock;
  readonly settings: {
    /** Most acknowledgements awaited at once. */
    readonly maxPendingAcks: number;
  };
  /** Ends acknowledgements that take too long. */
  readonly sweep: Pick<Sweep, "add" | "delete">;
}

/** @template Sent what `emit` returns: socket.io's server says `true`, its client the socket. */
export abstract class EventSocket<Listen, Emit, Reserved, Sent = boolean> extends CatchAllEmitter<Listen, Reserved> {
  readonly #ports: EventSocketPorts;
  #acks: AckTable | undefined;

  protected constructor(ports: EventSocketPorts) {
    super();
    this.#ports = ports;
  }

  /** How long an acknowledgement may take when `timeout()` does not say. Milliseconds. */
  protected get defaultAckTimeoutMs(): number {
    return Infinity;
  }

  /** Hands a packet on; what it does when there is no connection is the subclass's policy. */
  protected abstract transmit(packet: Packet, flags: EmitFlags): void;
  /** Where what listeners throw goes: a method, because a function per socket would cost a closure each. */
  protected abstract override listenerFailed(error: unknown, context: ErrorContext): unknown;
  protected abstract nextAckId(): number;
  /** Name of the namespace. */
  protected abstract get path(): string;
  /** Why nothing can be acknowledged any more, or `undefined` while something can. */
  protected abstract get endReason(): string | undefined;

  /**
   * Sends an event. A function as last argument is called with the acknowledgement.
   * @returns on the server `true`, on the client the socket (as socket.io does).
   * @throws {SocketIOError} `socketio/reserved-event`, `socketio/invalid-argument`, `socketio/too-deep` or `socketio/too-many-attachments`
   *   for what cannot travel, `socketio/too-many-acks`.
   * @throws {DisconnectedError} on a client that is disconnected for good, until `connect()` is called.
   */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Emit, Name>): Sent {
    return this.emitWith({}, event, args);
  }

  /**
   * Sends an event and awaits its acknowledgement.
   * @returns the first value of the acknowledgement.
   * @throws {DisconnectedError} (as a rejection) when the connection ends first; {@link TimeoutError} after `timeout(ms)`.
   */
  emitWithAck<Name extends AckName<Emit>>(event: Name, ...args: AllButLast<EventArguments<Emit, Name>>): Promise<AckValue<EventArguments<Emit, Name>>> {
    return this.emitWithAckWith({}, event, args) as Promise<AckValue<EventArguments<Emit, Name>>>;
  }

  /** `emit("message", …)`. */
  send(...args: EventArguments<Emit, "message">): this {
    this.emitWith({}, "message", args);
    return this;
  }

  /** {@link send}. */
  write(...args: EventArguments<Emit, "message">): this {
    return this.send(...args);
  }

  /** The next event may be lost when it cannot be written at once: it is neither buffered nor repeated. */
  get volatile(): Outgoing<Emit, false, Sent> {
    return new Outgoing<Emit, false, Sent>(this, { volatile: true });
  }

  /**
   * @param compress `false`: the next event is not compressed on its way, for one that holds a secret beside what others chose. Default `true`:
   *   where, and above what size, `perMessageDeflate` and `httpCompression` say. In a page without effect.
   */
  compress(compress: boolean): Outgoing<Emit, false, Sent> {
    return new Outgoing<Emit, false, Sent>(this, { compress });
  }

  /** @param timeoutMs how long the acknowledgement may take. */
  timeout(timeoutMs: number): Outgoing<Emit, true, Sent> {
    return new Outgoing<Emit, true, Sent>(this, { timeout: timeoutMs });
  }

  /** Acknowledgements awaited, by id. On a server adapters of the Socket.IO ecosystem add theirs. */
  get acks(): Map<number, AckListener> {
    return this.#table().pending;
  }

  /** @internal {@link emit} with flags, by way of {@link emitOnce}; {@link Outgoing} comes in here. */
  abstract emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): Sent;

  /** Hands one event on. */
  protected emitOnce(flags: EmitFlags, event: string, args: readonly unknown[]): void {
    const ack: unknown = args.at(-1);
    if (typeof ack === "function") {
      this.#emitAwaiting(eventData(event, args.slice(0, -1)), flags, (...reply) => this.callListener(event, ack as AckListener, reply));
    } else {
      this.#emitPacket({ type: PacketType.EVENT, nsp: this.path, data: eventData(event, args) }, flags);
    }
  }

  /** @internal */
  emitWithAckWith(flags: EmitFlags, event: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const settle = (error: Error | null, value?: unknown): void => {
        if (error === null) resolve(value);
        else reject(error);
      };
      this.emitWith({ ...flags, timeout: flags.timeout ?? this.defaultAckTimeoutMs }, event, [...args, settle]);
    });
  }

  /** An EVENT arrived: catch-all listeners, then the event's own; the peer's wish for an acknowledgement becomes a function. */
  protected receiveEvent({ data, id }: Packet): void {
    const [name, ...args] = data as EventPacket["data"];
    const event = String(name);
    if (id !== undefined) args.push(this.#replyOnce(id));
    this.notifyIncomingListeners(event, args);
    this.dispatchIncoming(event, args);
  }

  /** The server puts the socket's middleware in between. */
  protected dispatchIncoming(event: string, args: unknown[]): void {
    this.run(event, args);
  }

  protected receiveAck({ id, data }: Packet): void {
    if (id !== undefined) this.#acks?.take(id)?.(...(data as readonly unknown[]));
  }

  /** Rejects what waits for an acknowledgement. */
  protected loseAcks(reason: string, cause?: unknown, isKept: (id: number) => boolean = () => false): void {
    if (this.#acks !== undefined && this.#acks.pending.size > 0) this.#acks.lose(disconnected(reason, cause), isKept);
  }

  /** One event will not be sent. @param id of the acknowledgement that somebody may wait for. */
  protected failAck(id: number | undefined, error: Error): void {
    if (id !== undefined) this.#acks?.fail(id, error);
  }

  /** The server's is one that others may write into. */
  protected createAcks(limit: number, sweep: EventSocketPorts["sweep"]): AckTable {
    return new AckTable(limit, sweep);
  }

  /** Made at the first use. */
  #table(): AckTable {
    return (this.#acks ??= this.createAcks(this.#ports.settings.maxPendingAcks, this.#ports.sweep));
  }

  /** @param settle told the acknowledgement; where that may fail for its time, the error or `null` first. */
  #emitAwaiting(data: EventPacket["data"], flags: EmitFlags, settle: (...reply: readonly unknown[]) => void): void {
    const { timeout = this.defaultAckTimeoutMs } = flags;
    const isTimed = flags.timeout !== undefined || timeout !== Infinity;
    if (isTimed && this.endReason !== undefined) {
      settle(disconnected(this.endReason));
      return;
    }
    const id = this.nextAckId();
    const table = this.#table();
    if (isTimed) {
      const onTimeout = (): void => {
        this.abandon(id);
        settle(new TimeoutError(`No acknowledgement within ${timeout} ms`, { code: "socketio/ack-timeout", afterMs: timeout, operation: "emitWithAck" }));
      };
      table.add(id, (...reply: readonly unknown[]) => settle(null, ...reply), { deadlineMs: this.#ports.clock.now() + timeout, onTimeout, onLost: settle });
    } else {
      table.add(id, settle);
    }
    try {
      this.#emitPacket({ type: PacketType.EVENT, nsp: this.path, data, id }, flags);
    } catch (error) {
      table.take(id);
      throw error;
    }
  }

  /** An acknowledgement came too late; the client's socket also forgets the packet if it was never sent. */
  protected abandon(_id: number): void {
    // nothing is kept beyond the table
  }

  #emitPacket(packet: EventPacket, flags: EmitFlags): void {
    this.announce(packet);
    this.transmit(packet, flags);
  }

  /** Tells the outgoing listeners, unless whoever carries the packet does. */
  protected announce(packet: Packet): void {
    this.notifyOutgoingListeners(packet);
  }

  #replyOnce(id: number): AckListener {
    let isSent = false;
    return (...data: unknown[]) => {
      if (isSent) return;
      isSent = true;
      this.transmit({ type: PacketType.ACK, nsp: this.path, data, id }, { isReply: true });
    };
  }
}

function disconnected(reason: string, cause?: unknown): DisconnectedError {
  return new DisconnectedError(`No acknowledgement: the socket is disconnected (${reason})`, { reason, cause });
}
