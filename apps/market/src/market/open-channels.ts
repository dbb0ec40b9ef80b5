/**
 * Channels over `ChannelPool` of `@x/pool/channels`: many of them on few sockets, asked for again, after their last position, whenever one is lost or
 * something is missing.
 *
 * Room: market. The one place that knows what carries channels.
 */
import { ChannelPool } from "@x/pool/channels";
import { limits } from "../shared/limits.js";
import { answerSchema, messageSchema, type Counts, type LinkState, type Message, type Request } from "../shared/protocol.js";
import type { ChannelHandler, Channels, Subscription } from "./channels.js";

export interface OpenOptions {
  /** Silence after which a ping is sent, and until the connection is then given up. In pages the platform has no pings. */
  readonly heartbeatMs?: number;
  /** The first wait before another attempt. */
  readonly retryMs?: number;
  /** Channels of one socket; the next go to another. */
  readonly channelsPerConnection?: number;
}

/** Longer than a server's tape: what it sends at once when a channel is resumed. */
const BUFFER_MESSAGES = 4_096;
/** What is sent again may be missing again: with every second message lost, one gap in a million is not mended. */
const MAX_RESUMES = 20;

export function openChannels(url: string, options: OpenOptions = {}): Channels {
  return new PooledChannels(url, options);
}

class PooledChannels implements Channels {
  readonly #pool: ChannelPool<Message, Request>;
  readonly #listeners = new Set<() => void>();
  /** Sockets, by number: those that are open, and those that were. */
  readonly #open = new Set<number>();
  readonly #lost = new Set<number>();
  #reconnects = 0;
  #problem: string | undefined;
  #isClosed = false;

  constructor(url: string, { heartbeatMs = 2_000, retryMs = 250, channelsPerConnection = 64 }: OpenOptions) {
    this.#pool = new ChannelPool<Message, Request>(url, {
      schema: messageSchema,
      invalid: "event",
      channelOf: ({ channel }) => channel,
      positionOf: ({ type, position }) => (type === "status" ? undefined : position),
      gaps: "resume",
      maxResumes: MAX_RESUMES,
      subscribe: ({ channel, id, after }) => ({ op: "subscribe", channel, id, ...(typeof after === "number" && { after }) }),
      unsubscribe: ({ channel, id }) => ({ op: "unsubscribe", channel, id }),
      ackOf: answerOf,
      wildcard: false,
      maxChannelsPerConnection: channelsPerConnection,
      maxConnections: Math.ceil(limits.channels / channelsPerConnection),
      heartbeat: { intervalMs: heartbeatMs, timeoutMs: heartbeatMs },
      reconnect: { baseMs: retryMs, capMs: 4_000 },
      buffer: BUFFER_MESSAGES,
    });
    this.#pool.on("connected", ({ connection }) => this.#change(connection, true));
    this.#pool.on("disconnected", ({ connection }) => this.#change(connection, false));
    this.#pool.on("error", ({ error }) => {
      this.#problem = error.message;
      this.#tell();
    });
    this.#pool.on("closed", ({ connection }) => {
      this.#lost.delete(connection);
      this.#tell();
    });
  }

  get state(): LinkState {
    if (this.#isClosed) return "closed";
    if (this.#lost.size > 0) return "lost";
    return this.#open.size > 0 ? "open" : "connecting";
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get counts(): Pick<Counts, "connections" | "reconnects" | "gaps" | "duplicates" | "channels"> {
    const { gaps, duplicates, channels } = this.#pool.stats();
    return { connections: this.#open.size, reconnects: this.#reconnects, gaps, duplicates, channels };
  }

  subscribe(channel: string, after: number | undefined, handler: ChannelHandler): Subscription {
    const closing = new AbortController();
    void this.#read(channel, after, handler, closing.signal);
    return { close: () => closing.abort() };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool.close();
  }

  async #read(channel: string, after: number | undefined, handler: ChannelHandler, signal: AbortSignal): Promise<void> {
    try {
      await using subscription = await this.#pool.subscribe(channel, { timeoutMs: Infinity, signal, after });
      signal.addEventListener("abort", () => void subscription.close());
      for await (const message of subscription) {
        if (signal.aborted) return;
        handler.onMessage(message);
      }
    } catch (error) {
      if (!signal.aborted && !this.#isClosed) handler.onRefused(error instanceof Error ? error : new Error("Cannot read", { cause: error }));
    }
  }

  #change(connection: number, isOpen: boolean): void {
    if (isOpen && this.#lost.delete(connection)) this.#reconnects++;
    if (isOpen) this.#problem = undefined;
    if (isOpen) this.#open.add(connection);
    else if (this.#open.delete(connection)) this.#lost.add(connection);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function answerOf(message: unknown): { readonly id: number; readonly resumed?: boolean | undefined; readonly error?: string | undefined } | undefined {
  if (typeof message !== "object" || message === null || !("type" in message) || message.type !== "done") return undefined;
  const { id, resumed, error } = answerSchema.parse(message);
  return { id, resumed, ...(error === undefined ? {} : { error }) };
}
