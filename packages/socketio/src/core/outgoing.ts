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
interface Target {
  emitWith(flags: EmitFlags, event: string, args: readonly unknown[]): boolean;
  emitWithAckWith(flags: EmitFlags, event: string, args: readonly unknown[]): Promise<unknown>;
}

type Callbacks<Emit, HasTimeout extends boolean> = HasTimeout extends true ? WithTimeout<Emit> : Emit;

export class Outgoing<Emit, HasTimeout extends boolean = false> {
  readonly #target: Target;
  readonly #flags: EmitFlags;

  constructor(target: Target, flags: EmitFlags) {
    this.#target = target;
    this.#flags = flags;
  }

  get volatile(): Outgoing<Emit, HasTimeout> {
    return new Outgoing(this.#target, { ...this.#flags, volatile: true });
  }

  compress(compress: boolean): Outgoing<Emit, HasTimeout> {
    return new Outgoing(this.#target, { ...this.#flags, compress });
  }

  /** @param timeoutMs how long the acknowledgement may take; the callback is then told about an error first. */
  timeout(timeoutMs: number): Outgoing<Emit, true> {
    return new Outgoing(this.#target, { ...this.#flags, timeout: timeoutMs });
  }

  /** As {@link EventSocket.emit}. After `timeout(ms)` the callback's first argument is a TimeoutError, a DisconnectedError or `null`. */
  emit<Name extends EventName<Emit>>(event: Name, ...args: EventArguments<Callbacks<Emit, HasTimeout>, Name>): boolean {
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
