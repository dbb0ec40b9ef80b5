/**
 * One channel: a feed, its tape, and who reads it.
 *
 * Room: server. A reader has a place on the tape and nothing else, so that a slow one costs no memory; one that falls off the end
 * of the tape gets a snapshot, where the feed has one.
 */
import type { Message } from "../shared/protocol.js";
import { type Entry, Tape } from "./tape.js";

/** Where a channel's messages come from. Starts with the first reader, ends after the last. */
export interface Feed {
  /** Everything up to now in one message; `undefined` while there is none, or where the tape has it all. */
  snapshot?(): Message | undefined;
  /** Somebody knows more than is on the tape: a server that was restarted may catch up. */
  resume?(after: number): void;
  /** Whether anybody reads. Begins with `true`, before the first reader is served. */
  setActive?(isActive: boolean): void;
  close(): void;
}

export type Publish = (message: Message) => void;

/** Opens feeds. @returns `undefined` when there is no such channel. */
export type OpenFeed = (name: string, publish: Publish) => Feed | undefined;

/** Takes what a reader is sent. */
export interface Outlet {
  /** @returns `false` if it must wait; {@link Reader.pump} is called when it need not any more. */
  offer(entry: Entry, channel: string): boolean;
}

export class Channel {
  readonly name: string;
  readonly tape: Tape;
  readonly #readers = new Set<Reader>();
  #feed: Feed | undefined;

  private constructor(name: string, tapeMessages: number) {
    this.name = name;
    this.tape = new Tape(tapeMessages);
  }

  /** @returns `undefined` when there is no such channel. */
  static open(name: string, open: OpenFeed, tapeMessages: number): Channel | undefined {
    const channel = new Channel(name, tapeMessages);
    channel.#feed = open(name, (message) => channel.#publish(message));
    return channel.#feed === undefined ? undefined : channel;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** @param after the last position that the reader has; `undefined` for none. @returns a reader that is to be pumped for the first time. */
  join(outlet: Outlet, after: number | undefined): Reader {
    const known = after === undefined ? undefined : this.tape.indexAfter(after);
    if (after !== undefined && known === undefined) this.#feed?.resume?.(after);
    const reader = new Reader(this, outlet, after, known);
    this.#readers.add(reader);
    if (this.#readers.size === 1) this.#feed?.setActive?.(true);
    return reader;
  }

  leave(reader: Reader): void {
    if (this.#readers.delete(reader) && this.#readers.size === 0) this.#feed?.setActive?.(false);
  }

  get hasSnapshots(): boolean {
    return this.#feed?.snapshot !== undefined;
  }

  snapshot(): Entry | undefined {
    const message = this.#feed?.snapshot?.();
    return message === undefined ? undefined : entryOf(message);
  }

  close(): void {
    this.#feed?.close();
  }

  #publish(message: Message): void {
    this.tape.write(entryOf(message));
    for (const reader of this.#readers) reader.pump();
  }
}

/** A place on a channel's tape. */
export class Reader {
  readonly #channel: Channel;
  readonly #outlet: Outlet;
  /** What it has: nothing up to here is sent, unless it is a snapshot. */
  readonly #after: number | undefined;
  /** The next entry to send; `undefined` when it needs a snapshot first. */
  #index: number | undefined;

  constructor(channel: Channel, outlet: Outlet, after: number | undefined, index: number | undefined) {
    this.#channel = channel;
    this.#outlet = outlet;
    this.#after = after;
    this.#index = index;
  }

  /** Whether what it knows can be gone on from. */
  get isResumed(): boolean {
    return this.#after !== undefined && (this.#index !== undefined || !this.#channel.hasSnapshots);
  }

  /** Sends what there is, as long as it is taken. */
  pump(): void {
    const { tape, name } = this.#channel;
    if (this.#index === undefined || this.#index < tape.start) {
      const snapshot = this.#channel.snapshot();
      if (snapshot !== undefined && !this.#outlet.offer(snapshot, name)) return;
      this.#index = snapshot === undefined ? tape.start : tape.end;
    }
    for (let entry = tape.at(this.#index); entry !== undefined; entry = tape.at(this.#index)) {
      const isKnown = !entry.isSnapshot && this.#after !== undefined && entry.position <= this.#after;
      if (!isKnown && !this.#outlet.offer(entry, name)) return;
      this.#index++;
    }
  }
}

function entryOf(message: Message): Entry {
  return { position: message.position, text: JSON.stringify(message), isSnapshot: message.type === "snapshot", isLast: message.type === "token" && message.isLast };
}
