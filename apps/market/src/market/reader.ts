/**
 * Reads channels whole, as their carrier gives them: in order, nothing missing, nothing twice. Counts what came.
 *
 * Room: market.
 */
import type { Counts, LinkState } from "../shared/protocol.js";
import type { ChannelHandler, Channels, Subscription } from "./channels.js";

export class ChannelReader {
  readonly #channels: Channels;
  #messages = 0;

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
    return { ...this.#channels.counts, messages: this.#messages };
  }

  /** @param after what is known already. */
  read(channel: string, handler: ChannelHandler, after?: number): Subscription {
    let isClosed = false;
    const subscription = this.#channels.subscribe(channel, after, {
      onMessage: (message) => {
        if (isClosed) return;
        this.#messages++;
        handler.onMessage(message);
      },
      onRefused: (error) => {
        if (!isClosed) handler.onRefused(error);
      },
    });
    return {
      close: () => {
        isClosed = true;
        subscription.close();
      },
    };
  }

  /** @returns how to stop being told that {@link state} or {@link problem} may have changed. */
  onChange(listener: () => void): () => void {
    return this.#channels.onChange(listener);
  }

  close(): Promise<void> {
    return this.#channels.close();
  }
}
