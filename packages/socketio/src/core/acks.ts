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
interface Fallible {
  readonly deadlineMs: number;
  readonly onTimeout: () => void;
  readonly onLost: (error: Error) => void;
}

/** A listener of many sockets' acknowledgements, which are awaited until then; set as a property, since adapters hand it on as it is. */
export interface Timed {
  readonly deadlineMs: number;
}

interface Table {
  readonly limit: number;
  makeRoom(): void;
  expire(id: number, deadlineMs: number): void;
}

/** What others than the table's owner put in is bounded too: the oldest gives way, and what says until when goes by itself. */
class OpenAcks extends Map<number, AckListener> {
  readonly #table: Table;

  constructor(table: Table) {
    super();
    this.#table = table;
  }

  override set(id: number, listener: AckListener): this {
    if (this.size >= this.#table.limit) this.#table.makeRoom();
    if ("deadlineMs" in listener && typeof listener.deadlineMs === "number") this.#table.expire(id, listener.deadlineMs);
    return super.set(id, listener);
  }
}

const nothing = (): void => undefined;

export class AckTable implements Swept, Table {
  /** By id; adapters of the Socket.IO ecosystem put their own entries here. */
  readonly pending: Map<number, AckListener>;
  readonly limit: number;
  readonly #sweep: Pick<Sweep, "add" | "delete">;
  #fallible: Map<number, Fallible> | undefined;
  #deadlineMs = Infinity;

  /** @param sweep watches the table while an acknowledgement has a deadline. */
  constructor(limit: number, sweep: Pick<Sweep, "add" | "delete">) {
    this.limit = limit;
    this.#sweep = sweep;
    this.pending = new OpenAcks(this);
  }

  get deadlineMs(): number {
    return this.#deadlineMs;
  }

  /**
   * Waits for the acknowledgement `id`.
   * @throws {SocketIOError} `socketio/too-many-acks` when `maxPendingAcks` are already awaited.
   */
  add(id: number, listener: AckListener, fallible?: Fallible): void {
    if (this.pending.size >= this.limit) {
      throw this.#tooMany();
    }
    this.pending.set(id, listener);
    if (fallible !== undefined) this.#watch(id, fallible);
  }

  /** One that is not the owner's is awaited until then; nobody is told. */
  expire(id: number, deadlineMs: number): void {
    this.#watch(id, { deadlineMs, onTimeout: nothing, onLost: nothing });
  }

  /** The oldest gives way. */
  makeRoom(): void {
    const [oldest] = this.pending.keys();
    if (oldest !== undefined) this.fail(oldest, this.#tooMany());
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

  #watch(id: number, fallible: Fallible): void {
    this.#fallible ??= new Map();
    this.#fallible.set(id, fallible);
    if (fallible.deadlineMs === Infinity) return;
    this.#deadlineMs = Math.min(this.#deadlineMs, fallible.deadlineMs);
    this.#sweep.add(this);
  }

  #tooMany(): SocketIOError {
    return atLimit("Cannot emit: too many acknowledgements are awaited", "socketio/too-many-acks", "maxPendingAcks", this.limit);
  }

  #rest(): void {
    this.#deadlineMs = Infinity;
    this.#sweep.delete(this);
  }
}
