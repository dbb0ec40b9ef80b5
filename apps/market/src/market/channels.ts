/**
 * Channels as this program reads them, whatever carries them. Room: market.
 */
import type { Counts, LinkState, Message } from "../shared/protocol.js";

export interface ChannelHandler {
  onMessage(message: Message): void;
  /** Nothing follows: the server refuses, or there is no way to it. */
  onRefused(error: Error): void;
}

export interface Subscription {
  close(): void;
}

/** A port: subscriptions that outlive connections, and give each message once and in order. */
export interface Channels {
  /** One at a time of each channel. @param after what is known already: what follows is wanted. After a reconnect that is the last position that came. */
  subscribe(channel: string, after: number | undefined, handler: ChannelHandler): Subscription;
  readonly state: LinkState;
  /** What went wrong since a connection was opened last. */
  readonly problem: string | undefined;
  /** What of the counts the carrier knows. */
  readonly counts: Pick<Counts, "connections" | "reconnects" | "gaps" | "duplicates" | "channels">;
  /** @returns how to stop being told that {@link state} or {@link problem} may have changed. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}
