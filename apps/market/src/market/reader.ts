/**
 * Reads channels whole: in order, nothing missing, nothing twice, whatever happens below.
 *
 * Room: market. When something is missing the channel is subscribed to again, after the last message that was in order. What has come
 * too early is not kept: it will come again.
 */
import type { Counts, LinkState, Message } from "../shared/protocol.js";
import type { ChannelHandler, Channels, Subscription } from "./channels.js";
import { Sequence } from "./sequence.js";

interface Seen {
  gaps: number;
  duplicates: number;
  messages: number;
}

export class ChannelReader {
  readonly #channels: Channels;
  readonly #seen: Seen = { gaps: 0, duplicates: 0, messages: 0 };

  constructor(channels: Channels) {
    this.#channels = channels;
  }

  get state(): LinkState {
    return this.#channels.state;
  }

  get problem(): string | undefined {
    return this.#channels.problem;
  }

  get counts(): Counts {
    const { duplicates, ...carried } = this.#channels.counts;
    return { ...carried, ...this.#seen, duplicates: duplicates + this.#seen.duplicates };
  }

  /** @param after what is known already. */
  read(channel: string, handler: ChannelHandler, after?: number): Subscription {
    return new Reading(this.#channels, channel, this.#seen, handler, after);
  }

  /** @returns how to stop being told that {@link state} or {@link problem} may have changed. */
  onChange(listener: () => void): () => void {
    return this.#channels.onChange(listener);
  }

  close(): Promise<void> {
    return this.#channels.close();
  }
}

class Reading implements Subscription {
  readonly #channels: Channels;
  readonly #channel: string;
  readonly #seen: Seen;
  readonly #handler: ChannelHandler;
  readonly #sequence: Sequence;
  #subscription: Subscription | undefined;
  #isClosed = false;

  constructor(channels: Channels, channel: string, seen: Seen, handler: ChannelHandler, after: number | undefined) {
    this.#channels = channels;
    this.#channel = channel;
    this.#seen = seen;
    this.#handler = handler;
    this.#sequence = new Sequence(after);
    this.#subscribe();
  }

  close(): void {
    this.#isClosed = true;
    this.#subscription?.close();
  }

  #subscribe(): void {
    let isCurrent = true;
    this.#subscription = this.#channels.subscribe(this.#channel, this.#sequence.last, {
      onMessage: (message) => {
        if (this.#isClosed || !isCurrent) return;
        isCurrent = this.#take(message);
        if (!isCurrent) queueMicrotask(() => this.#again()); // not within the carrier's own loop
      },
      onRefused: (error) => {
        if (!this.#isClosed && isCurrent) this.#handler.onRefused(error);
      },
    });
  }

  #again(): void {
    if (this.#isClosed) return;
    this.#subscription?.close();
    this.#subscribe();
  }

  /** @returns `false` when something is missing before it. */
  #take(message: Message): boolean {
    switch (this.#sequence.judge(message)) {
      case "next":
        this.#seen.messages++;
        this.#handler.onMessage(message);
        return true;
      case "duplicate":
        this.#seen.duplicates++;
        return true;
      case "gap":
        this.#seen.gaps++;
        return false;
    }
  }
}
