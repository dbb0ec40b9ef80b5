/**
 * Typed listeners: the on/once/off family over an application's event map and the library's own events.
 *
 * Room: socketio core. What a listener throws or rejects with reaches the owner's `onError`, never the caller.
 */
import { type EventName, Subscribable } from "@x/errors/emitter";
import type { OnError } from "@x/errors/handlers";
import type { EventArguments } from "./event-types.js";

/** The events of both maps with their arguments, as Subscribable wants them. */
export type Events<Listen, Reserved> =
  & { readonly [Name in keyof Reserved]: EventArguments<Reserved, Name> }
  & { readonly [Name in Exclude<keyof Listen, keyof Reserved>]: EventArguments<Listen, Name> };

export abstract class TypedEmitter<Listen, Reserved> extends Subscribable<Events<Listen, Reserved>> {
  /** @param onError not needed where {@link listenerFailed} is overridden. */
  protected constructor(onError?: OnError) {
    super({ onError });
  }

  /** As Node's, for programs that call it: nothing here counts listeners, or warns of them. */
  setMaxListeners(_count: number): this {
    return this;
  }

  /** @returns 0, which on Node means no limit. */
  getMaxListeners(): number {
    return 0;
  }

  /** {@link listeners}: those of `once` are not wrapped. */
  rawListeners(event: EventName<Events<Listen, Reserved>>): ReturnType<this["listeners"]> {
    return this.listeners(event) as ReturnType<this["listeners"]>;
  }

  /** {@link dispatchList} for a name and arguments that came from the wire: declared types end here. */
  protected run(event: string, args: readonly unknown[]): boolean {
    return this.dispatchList(event as EventName<Events<Listen, Reserved>>, args as Events<Listen, Reserved>[EventName<Events<Listen, Reserved>>]);
  }
}
