/**
 * Events that are sent again until the server acknowledges them: the option `retries`.
 *
 * Room: socketio shell. All are on their way at once, in their order: the server gets each for the first time after the one before it.
 * One that is sent again may arrive twice; a server that must not act twice needs an id of the application's among the arguments.
 */
import type { AckListener } from "../../core/acks.js";
import { atLimit } from "../../core/faults.js";
import type { EmitFlags } from "../../core/outgoing.js";

/** Sends an event once. @param done told the error, or `null` and the acknowledgement. */
export type SendOnce = (flags: EmitFlags, event: string, args: readonly unknown[], done: AckListener) => void;

interface Entry {
  readonly flags: EmitFlags;
  readonly event: string;
  readonly args: readonly unknown[];
  readonly ack: AckListener | undefined;
  /** How often it was sent. */
  sent: number;
}

export class RetryQueue {
  readonly #retries: number;
  readonly #limit: number;
  readonly #send: SendOnce;
  readonly #isOnline: () => boolean;
  readonly #report: (error: unknown) => void;
  readonly #entries = new Set<Entry>();

  /** @param report told why an event that nobody waits for cannot be sent. */
  constructor(retries: number, limit: number, send: SendOnce, isOnline: () => boolean, report: (error: unknown) => void) {
    this.#retries = retries;
    this.#limit = limit;
    this.#send = send;
    this.#isOnline = isOnline;
    this.#report = report;
  }

  /**
   * @param ack told the error that it ended with, or `null` and the acknowledgement. Must not throw.
   * @throws {SocketIOError} `socketio/too-many-acks` when `maxPendingAcks` events are on their way or waiting.
   */
  add(flags: EmitFlags, event: string, args: readonly unknown[], ack: AckListener | undefined): void {
    if (this.#entries.size >= this.#limit) throw atLimit("Cannot emit: too many acknowledgements are awaited", "socketio/too-many-acks", "maxPendingAcks", this.#limit);
    const entry: Entry = { flags, event, args, ack, sent: 0 };
    this.#entries.add(entry);
    if (!this.#isOnline()) return;
    try {
      this.#try(entry);
    } catch (error) {
      this.#entries.delete(entry);
      throw error;
    }
  }

  /** There is a connection. */
  resume(): void {
    for (const entry of [...this.#entries]) this.#tryAgain(entry);
  }

  /** There will be none. */
  end(error: Error): void {
    for (const entry of [...this.#entries]) this.#finish(entry, error);
  }

  #try(entry: Entry): void {
    entry.sent++;
    this.#send(entry.flags, entry.event, entry.args, (error: Error | null, ...reply: readonly unknown[]) => {
      if (error === null || entry.sent > this.#retries) this.#finish(entry, error, reply);
      else if (this.#isOnline()) this.#tryAgain(entry);
    });
  }

  #tryAgain(entry: Entry): void {
    if (!this.#entries.has(entry)) return;
    try {
      this.#try(entry);
    } catch (error) {
      if (entry.ack === undefined) this.#report(error);
      this.#finish(entry, error);
    }
  }

  #finish(entry: Entry, error: unknown, reply: readonly unknown[] = []): void {
    if (this.#entries.delete(entry)) entry.ack?.(error, ...reply);
  }
}
