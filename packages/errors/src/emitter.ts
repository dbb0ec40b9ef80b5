/**
 * Events in the manner of Node's EventEmitter, for every platform, with failures of listeners contained.
 *
 * Room: errors. What a listener throws or rejects with goes to `onError`: it neither stops the other listeners nor the emitter.
 */
import { type ListenerTable, find, pairs, put, remove } from "#listener-table";
import { isThenable, reportHandlerError, type ErrorContext, type OnError } from "./handlers.js";

/** Event names and their listeners' arguments, as a tuple each. */
export type EventMap<Events> = { readonly [Event in keyof Events]: readonly unknown[] };
export type EventName<Events> = keyof Events & string;
export type Listener<Args extends readonly unknown[]> = (...args: Args) => unknown;

export interface EmitterOptions {
  /** Default {@link reportHandlerError}, which ends at `console.error`. */
  readonly onError?: OnError | undefined;
}

/** A method's parameters are compared both ways, which is what lets listeners of different events share one map. */
type AnyListener = { listen(...args: readonly unknown[]): unknown }["listen"];
interface Entry {
  readonly listener: AnyListener;
  readonly once: boolean;
}
const none: readonly Entry[] = [];

/** Listeners, and a protected `dispatch`: for classes whose `emit` means something else. */
export class Subscribable<Events extends EventMap<Events>> {
  /** Lists are replaced, never changed, so dispatch() needs no copy. Made with the first listener: many emitters never have one. */
  #entries: ListenerTable<readonly Entry[]>;
  readonly #onError: OnError;

  constructor(options: EmitterOptions = {}) {
    this.#onError = options.onError ?? reportHandlerError;
  }

  on<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.#add(event, { listener, once: false });
  }

  once<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.#add(event, { listener, once: true });
  }

  addListener<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.on(event, listener);
  }

  prependListener<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.#set(event, [{ listener, once: false }, ...this.#list(event)]);
  }

  prependOnceListener<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.#set(event, [{ listener, once: true }, ...this.#list(event)]);
  }

  /** Removes the listener added last; without a listener, all of the event; without an event, all. */
  off<Event extends EventName<Events>>(event?: Event, listener?: Listener<Events[Event]>): this {
    if (event === undefined || listener === undefined) return this.removeAllListeners(event);
    const list = this.#list(event);
    return this.#remove(event, list.findLast((entry) => entry.listener === listener));
  }

  removeListener<Event extends EventName<Events>>(event: Event, listener: Listener<Events[Event]>): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: EventName<Events>): this {
    if (event === undefined) this.#entries = undefined;
    else this.#entries = remove(this.#entries, event);
    return this;
  }

  listeners(event: EventName<Events>): readonly AnyListener[] {
    return this.#list(event).map((entry) => entry.listener);
  }

  listenerCount(event: EventName<Events>): number {
    return this.#list(event).length;
  }

  hasListeners(event: EventName<Events>): boolean {
    return find(this.#entries, event) !== undefined;
  }

  eventNames(): readonly string[] {
    return pairs(this.#entries).map(([event]) => event);
  }

  /** Somebody has begun to listen, in whatever way. For classes whose work depends on it. */
  protected listening(_event: string): void {
    // most do not care
  }

  /** Calls the listeners that are there when it begins, in their order.
   *  @returns whether there was one. */
  protected dispatch<Event extends EventName<Events>>(event: Event, ...args: Events[Event]): boolean {
    return this.dispatchList(event, args);
  }

  /** {@link dispatch} of arguments that are a list already, which is not copied. */
  protected dispatchList<Event extends EventName<Events>>(event: Event, args: Events[Event]): boolean {
    const list = find(this.#entries, event);
    if (list === undefined) return false;
    for (const entry of list) {
      if (entry.once) this.#remove(event, entry);
      this.callListener(event, entry.listener, args);
    }
    return true;
  }

  /** Calls one listener, of this emitter or of a list beside it; what it fails with goes the same way. */
  protected callListener(event: string, listener: AnyListener, args: readonly unknown[]): void {
    try {
      const result = listener.call(this, ...args);
      if (isThenable(result)) result.then(undefined, (error: unknown) => this.#fail(error, { event }));
    } catch (error) {
      this.#fail(error, { event });
    }
  }

  /** Where what listeners fail with goes: to `onError`. Classes with many instances override it rather than give each a function. */
  protected listenerFailed(error: unknown, context: ErrorContext): unknown {
    return this.#onError(error, context);
  }

  #fail(error: unknown, context: ErrorContext): void {
    try {
      const result = this.listenerFailed(error, context);
      if (isThenable(result)) result.then(undefined, (failure: unknown) => reportHandlerError(failure, context));
    } catch (failure) {
      reportHandlerError(failure, context);
    }
  }

  #list(event: string): readonly Entry[] {
    return find(this.#entries, event) ?? none;
  }

  #add(event: string, entry: Entry): this {
    const list = find(this.#entries, event);
    return this.#set(event, list === undefined ? [entry] : list.concat(entry)); // exactly as long as it must be
  }

  #remove(event: string, entry: Entry | undefined): this {
    const rest = this.#list(event).filter((other) => other !== entry);
    this.#entries = rest.length > 0 ? put(this.#entries, event, rest) : remove(this.#entries, event);
    return this;
  }

  /** @param list one longer than before. */
  #set(event: string, list: readonly Entry[]): this {
    this.#entries = put(this.#entries, event, list);
    this.listening(event);
    return this;
  }
}

/** {@link Subscribable} whose owner emits from outside. */
export class Emitter<Events extends EventMap<Events>> extends Subscribable<Events> {
  /** Calls the event's listeners; what they fail with goes to `onError`.
   *  @returns whether there was a listener. */
  emit<Event extends EventName<Events>>(event: Event, ...args: Events[Event]): boolean {
    return this.dispatch(event, ...args);
  }
}
