/**
 * `socket.volatile`, `socket.timeout(ms)`, `socket.compress(flag)` on the server: an event with modifiers for the client, or for others.
 *
 * Room: socketio shell. In socket.io modifiers come before or after the rooms: `socket.volatile.to("room")` is `socket.to("room").volatile`.
 */
import { everybody, type Room, type SocketId } from "../../core/broadcast.js";
import type { EventArguments } from "../../core/event-types.js";
import { type Callbacks, type EmitFlags, Outgoing, type Target } from "../../core/outgoing.js";
import type { BroadcastHost } from "./broadcast.js";
import { BroadcastOperator } from "./broadcast-operator.js";

/** A socket of this server. */
interface Origin extends Target<boolean> {
  readonly id: SocketId;
  readonly nsp: BroadcastHost;
}

export class SocketOutgoing<Emit, SocketData, HasTimeout extends boolean = false> extends Outgoing<Emit, HasTimeout> {
  readonly #socket: Origin;
  readonly #flags: EmitFlags;

  constructor(socket: Origin, flags: EmitFlags) {
    super(socket, flags);
    this.#socket = socket;
    this.#flags = flags;
  }

  override get volatile(): SocketOutgoing<Emit, SocketData, HasTimeout> {
    return new SocketOutgoing(this.#socket, { ...this.#flags, volatile: true });
  }

  override compress(compress: boolean): SocketOutgoing<Emit, SocketData, HasTimeout> {
    return new SocketOutgoing(this.#socket, { ...this.#flags, compress });
  }

  override timeout(timeoutMs: number): SocketOutgoing<Emit, SocketData, true> {
    return new SocketOutgoing(this.#socket, { ...this.#flags, timeout: timeoutMs });
  }

  /** {@link Outgoing.send}. */
  write(...args: EventArguments<Callbacks<Emit, HasTimeout>, "message">): this {
    return this.send(...args);
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
    const { nsp, id } = this.#socket;
    return new BroadcastOperator(nsp, everybody.except(id).with(this.#flags));
  }

  /** {@link broadcast}, on this server only. */
  get local(): BroadcastOperator<Emit, SocketData> {
    return this.broadcast.local;
  }
}
