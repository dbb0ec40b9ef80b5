/**
 * A table of acknowledgements that others than its owner write into: adapters of the Socket.IO ecosystem put there what the
 * members of a broadcast shall answer.
 *
 * Room: socketio core. Servers only; a page does not carry it. What comes in is bounded, too: the oldest gives way, and what says
 * until when goes by itself.
 */
import type { Swept } from "@x/errors/clock";
import { type AckListener, AckTable } from "./acks.js";

/** A listener of many sockets' acknowledgements, which are awaited until then; set as a property, since adapters hand it on as it is. */
export interface Timed {
  readonly deadlineMs: number;
}

const nothing = (): void => undefined;

export class OpenAckTable extends AckTable implements Swept {
  /** One more is coming: at the limit the oldest gives way, and whoever awaits it is told. */
  makeRoom(): void {
    if (this.pending.size < this.limit) return;
    const [oldest] = this.pending.keys();
    if (oldest !== undefined) this.fail(oldest, this.tooMany());
  }

  /** It is awaited until then; nobody is told. */
  expire(id: number, deadlineMs: number): void {
    this.watch(id, { deadlineMs, onTimeout: nothing, onLost: nothing });
  }

  protected override createPending(): Map<number, AckListener> {
    return new OpenAcks(this);
  }
}

class OpenAcks extends Map<number, AckListener> {
  readonly #table: OpenAckTable;

  constructor(table: OpenAckTable) {
    super();
    this.#table = table;
  }

  override set(id: number, listener: AckListener): this {
    this.#table.makeRoom();
    if ("deadlineMs" in listener && typeof listener.deadlineMs === "number") this.#table.expire(id, listener.deadlineMs);
    return super.set(id, listener);
  }
}
