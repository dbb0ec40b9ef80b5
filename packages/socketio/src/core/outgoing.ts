/**
 * `socket.volatile`, `socket.timeout(ms)`, `socket.compress(flag)`: an event with modifiers, chained without changing the socket.
 *
 * Room: socketio core. Immutable: each step gives a new value, so that a kept one never affects another emit.
 */
import type { AckName, AckValue, AllButLast, EventArguments, EventName, WithTimeout } from "./event-types.js";

export interface EmitFlags {
  readonly volatile?: boolean;
  readonly compress?: boolean;
  /** How long an acknowledgement may take. Milliseconds. */
  readonly timeout?: number;
  /** It answers the peer's event. */
  readonly isReply?: boolean;
}

/** Where it ends up: an EventSocket. */
export interface Target<Sent> {
  emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): Sent;
  emitWithAckWith(flags: EmitFlags, event: string, args: readonly unknown[]): Promise<unknown>;
}

export type Callbacks<Emit, HasTimeout extends boolean> = HasTimeout extends true ? WithTimeout<Emit> : Emit;

/** @template Sent what the socket's own `emit` returns. */
export class Outgoing<Emit, HasTimeout extends boolean = false, Sent = boolean> {
  readonly #target: Target<Sent>;
  readonly #flags: EmitFlags;

  constructor(target: Target<Sent>, flags: EmitFlags) {
    this.#target = target;
    this.#flags = flags;
  }

  get volatile(): Outgoing<Emit, HasTimeout, Sent> {
    return new Outgoing(this.#target, { ...this.#flags, volatile: true });
  }

  /** As {@link EventSocket.compress}. */
  compress(compress: boolean): Outgoing<Emit, HasTimeout, Sent> {
    return new Outgoing(this.#target, { ...this.#flags, compress });
  }

  /** @param timeoutMs how long the acknowledgement may take; the callback is then told about an error first. */
  timeout(timeoutMs: number): Outgoing<Emit, true, Sent> {
    return new Outgoing(this.#target, { ...this.#flags, timeout: timeoutMs });
  }

  /** As {@link EventSocket.emit}. After `timeout(ms)` the callback's first argument is a TimeoutError, a DisconnectedError or `null`. */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Callbacks<Emit, HasTimeout>, Name>): Sent {
    return this.#target.emitWith(this.#flags, event, args);
  }

  /** As {@link EventSocket.emitWithAck}; rejects with a TimeoutError after `timeout(ms)`. */
  emitWithAck<Name extends AckName<Emit>>(event: Name, ...args: AllButLast<EventArguments<Emit, Name>>): Promise<AckValue<EventArguments<Emit, Name>>> {
    return this.#target.emitWithAckWith(this.#flags, event, args) as Promise<AckValue<EventArguments<Emit, Name>>>;
  }

  /** `emit("message", …)`. */
  send(...args: EventArguments<Callbacks<Emit, HasTimeout>, "message">): this {
    this.#target.emitWith(this.#flags, "message", args);
    return this;
  }
}
