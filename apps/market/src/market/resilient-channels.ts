/**
 * Channels over one socket that stays connected.
 *
 * Room: market. After every reconnect each channel is subscribed to again, after the last position that came.
 */
import { ResilientSocket, type SocketState } from "@x/pool/resilient";
import { messageSchema, type Counts, type LinkState, type Message, type Request } from "../shared/protocol.js";
import type { Channels, Subscription } from "./channels.js";

const STATES: Readonly<Record<SocketState, LinkState>> = {
  idle: "connecting", connecting: "connecting", connected: "open", disconnecting: "closed", disconnected: "lost", reconnecting: "lost", backingOff: "lost", failed: "closed", closed: "closed",
};

interface Subscribed {
  readonly onMessage: (message: Message) => void;
  last: number | undefined;
}

export class ResilientChannels implements Channels {
  readonly #socket: ResilientSocket<Message, Request>;
  readonly #subscribed = new Map<string, Subscribed>();
  readonly #listeners = new Set<() => void>();

  constructor(url: string, { heartbeatMs = 2_000, retryMs = 250 }: { readonly heartbeatMs?: number; readonly retryMs?: number }) {
    this.#socket = new ResilientSocket<Message, Request>(url, {
      reconnect: { baseMs: retryMs, capMs: 4_000 }, heartbeat: { intervalMs: heartbeatMs, timeoutMs: heartbeatMs },
      schema: messageSchema, invalid: "event",
      onOpen: ({ send }) => {
        for (const [channel, { last }] of this.#subscribed) void send(subscription(channel, last));
      },
    });
    this.#socket.on("message", ({ data }) => this.#route(data));
    this.#socket.on("stateChange", () => this.#tell());
    this.#socket.connect({ timeoutMs: Infinity }).catch(() => this.#tell());
  }

  get state(): LinkState {
    return STATES[this.#socket.state];
  }

  get counts(): Pick<Counts, "connections" | "reconnects" | "duplicates" | "channels"> {
    const { reconnects, duplicates } = this.#socket.stats();
    return { connections: this.#socket.isConnected ? 1 : 0, reconnects, duplicates, channels: this.#subscribed.size };
  }

  subscribe(channel: string, after: number | undefined, onMessage: (message: Message) => void): Subscription {
    const subscribed: Subscribed = { onMessage, last: after };
    this.#subscribed.set(channel, subscribed);
    this.#socket.trySend(subscription(channel, after));
    return {
      close: () => {
        if (this.#subscribed.get(channel) !== subscribed) return;
        this.#subscribed.delete(channel);
        this.#socket.trySend({ op: "unsubscribe", channel });
      },
    };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#socket.close();
  }

  #route(message: Message): void {
    const subscribed = this.#subscribed.get(message.channel);
    if (subscribed === undefined) return;
    if ("position" in message) subscribed.last = message.position;
    subscribed.onMessage(message);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function subscription(channel: string, after: number | undefined): Request {
  return { op: "subscribe", channel, ...(after === undefined ? {} : { after }) };
}
