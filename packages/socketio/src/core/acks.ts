/**
 * Acknowledgements that one socket waits for (Socket.IO protocol v5, "Acknowledgement").
 *
 * Room: socketio core. Bounded; late, repeated and invented ids find nothing. One deadline for all of them, so that a
 * socket needs no timer of its own.
 */
import type { Sweep, Swept } from "@x/errors/clock";
import type { SocketIOError } from "@x/errors/socketio";
import type { Untyped } from "./event-types.js";
import { atLimit } from "./faults.js";

export type AckListener = (...args: Untyped[]) => void;

/** What an acknowledgement that may fail adds to its listener. */
export interface Fallible {
  readonly deadlineMs: number;
  readonly onTimeout: () => void;
  readonly onLost: (error: Error) => void;
}

export class AckTable implements Swept {
  /** By id. */
  readonly pending: Map<number, AckListener>;
  protected readonly limit: number;
  readonly #sweep: Pick<Sweep, "add" | "delete">;
  #fallible: Map<number, Fallible> | undefined;
  #deadlineMs = Infinity;

  /** @param sweep watches the table while an acknowledgement has a deadline. */
  constructor(limit: number, sweep: Pick<Sweep, "add" | "delete">) {
    this.limit = limit;
    this.#sweep = sweep;
    this.pending = this.createPending();
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /**
   * Waits for the acknowledgement `id`.
   * @throws {SocketIOError} `socketio/too-many-acks` when `maxPendingAcks` are already awaited.
   */
  add(id: number, listener: AckListener, fallible?: Fallible): void {
    if (this.pending.size >= this.limit) throw this.tooMany();
    this.pending.set(id, listener);
    if (fallible !== undefined) this.watch(id, fallible);
  }

  /** @returns the listener, which is awaited no longer; `undefined` for an id that nobody awaits. */
  take(id: number): AckListener | undefined {
    const listener = this.pending.get(id);
    if (listener === undefined) return undefined;
    this.pending.delete(id);
    if (this.#fallible?.delete(id) === true && this.#fallible.size === 0) this.#rest();
    return listener;
  }

  /** Ends what is overdue. */
  tick(nowMs: number): void {
    const overdue: Fallible[] = [];
    let next = Infinity;
    for (const [id, fallible] of this.#fallible ?? []) {
      if (fallible.deadlineMs > nowMs) next = Math.min(next, fallible.deadlineMs);
      else {
        this.take(id);
        overdue.push(fallible);
      }
    }
    if (next === Infinity) this.#rest();
    else this.#deadlineMs = next;
    for (const { onTimeout } of overdue) onTimeout();
  }

  /** One acknowledgement will not come. */
  fail(id: number, error: Error): void {
    const fallible = this.#fallible?.get(id);
    this.take(id);
    fallible?.onLost(error);
  }

  /** The connection is gone: nothing of what was sent will be acknowledged. @param isKept whether it is yet to be sent. */
  lose(error: Error, isKept: (id: number) => boolean): void {
    for (const id of [...this.pending.keys()]) if (!isKept(id)) this.fail(id, error);
  }

  protected createPending(): Map<number, AckListener> {
    return new Map();
  }

  protected watch(id: number, fallible: Fallible): void {
    this.#fallible ??= new Map();
    this.#fallible.set(id, fallible);
    if (fallible.deadlineMs === Infinity) return;
    this.#deadlineMs = Math.min(this.#deadlineMs, fallible.deadlineMs);
    this.#sweep.add(this);
  }

  protected tooMany(): SocketIOError {
    return atLimit("Cannot emit: too many acknowledgements are awaited", "socketio/too-many-acks", "maxPendingAcks", this.limit);
  }

  #rest(): void {
    this.#deadlineMs = Infinity;
    this.#sweep.delete(this);
  }
}
