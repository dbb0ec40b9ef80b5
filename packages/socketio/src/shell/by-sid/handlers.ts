/**
 * Which handler gets an event: one order for functions, catch-alls and classes.
 *
 * Room: socketio shell. The first of these that there is, and no other:
 * 1. a function for the event in the namespace: `(sid, …args)`
 * 2. a function for `*` in the namespace: `(event, sid, …args)`
 * 3. a function for the event in `*`: `(namespace, sid, …args)`
 * 4. a function for `*` in `*`: `(event, namespace, sid, …args)`
 * 5. the class of the namespace
 * 6. the class for `*`
 * `connect` and `disconnect` have no catch-all for events: 2 and 4 do not hold for them, 3 does. Names come from peers: they are map keys only.
 */
import type { Untyped } from "../../core/event-types.js";

export const ANY = "*";
const RESERVED: ReadonlySet<string> = new Set(["connect", "disconnect"]);

export type AnyHandler = (...args: Untyped[]) => unknown;
/** A handler that knows its client's id, as a class and its methods are; the rest is for the caller to give. */
export type Found = (sid: string, ...args: readonly unknown[]) => unknown;

/** What a class answers with. */
export interface Dispatcher {
  find(event: string): Found | undefined;
}
export type DispatcherOf = (namespace: string) => Dispatcher | undefined;

/** @returns a namespace's name as the server has it, or `*`. */
export function normal(name: string): string {
  return name === ANY || name.startsWith("/") ? name : `/${name}`;
}

export class HandlerTable {
  readonly #functions = new Map<string, Map<string, AnyHandler>>();
  readonly #classes: readonly DispatcherOf[];

  /** @param classes in the order in which they are asked. */
  constructor(...classes: readonly DispatcherOf[]) {
    this.#classes = classes;
  }

  /** A later handler takes an earlier one's place. */
  set(namespace: string, event: string, handler: AnyHandler): void {
    let events = this.#functions.get(namespace);
    if (events === undefined) this.#functions.set(namespace, (events = new Map<string, AnyHandler>()));
    events.set(event, handler);
  }

  /** Whether any event of the namespace has a function of its own. */
  has(namespace: string): boolean {
    return this.#functions.has(namespace);
  }

  find(namespace: string, event: string): Found | undefined {
    return this.#function(namespace, event) ?? this.#class(namespace, event);
  }

  #function(namespace: string, event: string): Found | undefined {
    const [own, any] = [this.#functions.get(namespace), this.#functions.get(ANY)];
    const isReserved = RESERVED.has(event);
    const exact = event === ANY ? undefined : own?.get(event);
    if (exact !== undefined) return exact;
    const anyEvent = isReserved ? undefined : own?.get(ANY);
    if (anyEvent !== undefined) return (sid, ...args) => anyEvent(event, sid, ...args);
    const anyNamespace = event === ANY ? undefined : any?.get(event);
    if (anyNamespace !== undefined) return (sid, ...args) => anyNamespace(namespace, sid, ...args);
    const anything = isReserved ? undefined : any?.get(ANY);
    return anything === undefined ? undefined : (sid, ...args) => anything(event, namespace, sid, ...args);
  }

  #class(namespace: string, event: string): Found | undefined {
    for (const classOf of this.#classes) {
      const found = classOf(namespace)?.find(event);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
