/**
 * Messages that wait for a connection, and messages that were sent and not acknowledged yet. Room: pool core.
 *
 * Bounded in number and bytes over both. Order is that of `send`, also when what was sent must be sent again.
 */
import { BufferOverflowError, ConnectionTimeoutError, JetSocketError } from "@x/errors/pool";
import type { MessageId } from "./events.js";
import type { OutboxLimits } from "./options.js";

/** One message of the user's, and who waits for it. */
export interface Outgoing {
  readonly payload: string | Uint8Array;
  readonly bytes: number;
  /** What its acknowledgement will name; `undefined` where none is expected. */
  readonly id: MessageId | undefined;
  /** Sent, or acknowledged where it has an id. */
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Entry extends Outgoing {
  readonly deadlineMs: number;
}

export class Outbox {
  readonly #limits: OutboxLimits;
  /** Both in the order of `send`; whatever was sent is older than whatever was not. */
  readonly #sent = new Set<Entry>();
  #queued = new Set<Entry>();
  readonly #byId = new Map<MessageId, Entry>();
  #bytes = 0;
  #dropped = 0;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** Messages that wait to be sent. */
  get queued(): number {
    return this.#queued.size;
  }

  /** Messages sent that wait to be acknowledged. */
  get unacknowledged(): number {
    return this.#sent.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** When the first acknowledgement is overdue. */
  get deadlineMs(): number {
    for (const { deadlineMs } of this.#byId.values()) return deadlineMs;
    return Infinity;
  }

  /**
   * Takes a message in.
   *
   * @returns how many messages it cost, itself included; their senders are told.
   * @throws {BufferOverflowError} `pool/buffer-overflow`: the policy is "error".
   * @throws {JetSocketError} `pool/duplicate-id`.
   */
  push(message: Outgoing, nowMs: number): number {
    const { id } = message;
    if (id !== undefined && this.#byId.has(id)) {
      throw new JetSocketError(`Cannot send: a message with id ${JSON.stringify(id)} waits for its acknowledgement`, { code: "pool/duplicate-id" });
    }
    const lost = this.#makeRoom(message);
    if (lost === undefined) {
      message.reject(this.#overflow());
      return 1;
    }
    const deadlineMs = id === undefined ? Infinity : nowMs + this.#limits.ackTimeoutMs;
    const entry: Entry = { ...message, deadlineMs };
    this.#queued.add(entry);
    if (id !== undefined) this.#byId.set(id, entry);
    this.#bytes += entry.bytes;
    return lost;
  }

  /** The next message to send. */
  peek(): Outgoing | undefined {
    for (const entry of this.#queued) return entry;
    return undefined;
  }

  /** {@link peek} has been sent. With an id it stays until {@link acknowledge}; without one it is the caller's to settle from now on. */
  sent(message: Outgoing): void {
    for (const entry of this.#queued) {
      if (entry !== message) return;
      this.#queued.delete(entry);
      if (entry.id === undefined) this.#bytes -= entry.bytes;
      else this.#sent.add(entry);
      return;
    }
  }

  /** {@link peek} can never be sent. */
  refuse(message: Outgoing, error: Error): void {
    for (const entry of this.#queued) {
      if (entry === message) this.#refuse(entry, error);
      return;
    }
  }

  /** @returns whether somebody waited for it. */
  acknowledge(id: MessageId): boolean {
    const entry = this.#byId.get(id);
    if (entry === undefined || !this.#sent.has(entry)) return false;
    this.#remove(entry);
    entry.resolve();
    return true;
  }

  /** The connection is gone: what it was sent and did not acknowledge is to be sent again, before everything else. @returns how many. */
  requeue(): number {
    const count = this.#sent.size;
    if (count === 0) return 0;
    this.#queued = new Set([...this.#sent, ...this.#queued]);
    this.#sent.clear();
    return count;
  }

  /** Takes out what was sent and not acknowledged: nobody knows whether it arrived. */
  forsake(error: Error): void {
    for (const entry of [...this.#sent]) this.#refuse(entry, error);
  }

  /** Takes out everything. */
  clear(error: Error): void {
    for (const entry of [...this.#sent, ...this.#queued]) this.#refuse(entry, error);
  }

  /** Gives up what is overdue. */
  tick(nowMs: number): void {
    for (const entry of [...this.#byId.values()]) {
      if (entry.deadlineMs > nowMs) return;
      this.#refuse(entry, this.#overdue(entry));
    }
  }

  #overdue(entry: Entry): ConnectionTimeoutError {
    const { ackTimeoutMs } = this.#limits;
    const what = this.#sent.has(entry) ? "no acknowledgement" : "not sent";
    return new ConnectionTimeoutError(`Cannot send: ${what} within ${ackTimeoutMs} ms`, { operation: "ack", afterMs: ackTimeoutMs });
  }

  /** @returns how many it cost; `undefined` where there is none to be had. @throws {BufferOverflowError} */
  #makeRoom({ bytes }: Outgoing): number | undefined {
    if (this.#hasRoom(bytes)) return 0;
    const { policy, maxBytes } = this.#limits;
    if (policy !== "dropOldest" || bytes > maxBytes) {
      this.#dropped++;
      if (policy === "error") throw this.#overflow();
      return undefined;
    }
    let lost = 0;
    for (let oldest = this.#oldest(); oldest !== undefined && !this.#hasRoom(bytes); oldest = this.#oldest()) {
      this.#dropped++;
      lost++;
      this.#refuse(oldest, this.#overflow());
    }
    return lost;
  }

  #oldest(): Entry | undefined {
    for (const entry of this.#sent) return entry;
    for (const entry of this.#queued) return entry;
    return undefined;
  }

  #hasRoom(bytes: number): boolean {
    return this.#sent.size + this.#queued.size < this.#limits.capacity && this.#bytes + bytes <= this.#limits.maxBytes;
  }

  #refuse(entry: Entry, error: Error): void {
    this.#remove(entry);
    entry.reject(error);
  }

  #remove(entry: Entry): void {
    if (!this.#sent.delete(entry)) this.#queued.delete(entry);
    if (entry.id !== undefined) this.#byId.delete(entry.id);
    this.#bytes -= entry.bytes;
  }

  /** The error of a message that found no room, or lost its own. */
  #overflow(): BufferOverflowError {
    const { capacity, maxBytes } = this.#limits;
    return new BufferOverflowError(`Cannot send: ${capacity} messages or ${maxBytes} bytes wait, must be fewer`, { capacity, dropped: this.#dropped });
  }
}
