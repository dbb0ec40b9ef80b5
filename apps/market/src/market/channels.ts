/**
 * Channels as this program reads them, whatever carries them. Room: market.
 */
import type { Counts, LinkState, Message } from "../shared/protocol.js";

export interface Subscription {
  close(): void;
}

/** A port: subscriptions that outlive connections. */
export interface Channels {
  /** @param after what is known already: what follows is wanted. After a reconnect that is the last position that came. */
  subscribe(channel: string, after: number | undefined, onMessage: (message: Message) => void): Subscription;
  readonly state: LinkState;
  /** What of the counts the carrier knows. */
  readonly counts: Pick<Counts, "connections" | "reconnects" | "duplicates" | "channels">;
  /** @returns how to stop being told that {@link state} or {@link counts} have changed. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
