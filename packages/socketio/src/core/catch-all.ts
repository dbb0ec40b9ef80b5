/**
 * Catch-all listeners: told every event beside its own listeners, those for arriving events apart from those for sent ones.
 *
 * Room: socketio core. Names as in socket.io.
 */
import { TypedEmitter } from "./emitter.js";
import type { Untyped } from "./event-types.js";
import type { EventPacket, Packet } from "./packet.js";

/** Told the event's name and its arguments; on arrival the function that acknowledges is the last of them. */
export type CatchAll = (event: string, ...args: Untyped[]) => unknown;

const none: readonly CatchAll[] = [];

/** Lists are replaced, never changed, so that telling them needs no copy; most sockets never have one of their own. */
export abstract class CatchAllEmitter<Listen, Reserved> extends TypedEmitter<Listen, Reserved> {
  #incoming = none;
  #outgoing = none;

  onAny(listener: CatchAll): this {
    this.#incoming = [...this.#incoming, listener];
    return this;
  }
  prependAny(listener: CatchAll): this {
    this.#incoming = [listener, ...this.#incoming];
    return this;
  }
  offAny(listener?: CatchAll): this {
    this.#incoming = without(this.#incoming, listener);
    return this;
  }
  listenersAny(): readonly CatchAll[] {
    return this.#incoming;
  }
  onAnyOutgoing(listener: CatchAll): this {
    this.#outgoing = [...this.#outgoing, listener];
    return this;
  }
  prependAnyOutgoing(listener: CatchAll): this {
    this.#outgoing = [listener, ...this.#outgoing];
    return this;
  }
  offAnyOutgoing(listener?: CatchAll): this {
    this.#outgoing = without(this.#outgoing, listener);
    return this;
  }
  listenersAnyOutgoing(): readonly CatchAll[] {
    return this.#outgoing;
  }

  /** Tells the outgoing catch-all listeners; adapters call it for every member of a broadcast. */
  notifyOutgoingListeners(packet: Packet): void {
    if (this.#outgoing.length === 0) return;
    const [name, ...args] = packet.data as EventPacket["data"];
    this.#tell(this.#outgoing, String(name), args);
  }

  /** Tells the others. */
  protected notifyIncomingListeners(event: string, args: readonly unknown[]): void {
    this.#tell(this.#incoming, event, args);
  }

  #tell(listeners: readonly CatchAll[], event: string, args: readonly unknown[]): void {
    for (const listener of listeners) this.callListener("*", listener, [event, ...args]);
  }
}

function without(listeners: readonly CatchAll[], listener: CatchAll | undefined): readonly CatchAll[] {
  if (listener === undefined) return none;
  const at = listeners.indexOf(listener);
  return at === -1 ? listeners : listeners.toSpliced(at, 1);
}
