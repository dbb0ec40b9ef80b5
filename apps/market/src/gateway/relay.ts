/**
 * Feeds of the gateway: each is one channel of the exchange, read once and given to every page.
 *
 * Room: gateway. What a page sees of a market begins with a snapshot made here, so that a new page costs the exchange nothing.
 */
import { parseChannel } from "../shared/channels.js";
import { limits } from "../shared/limits.js";
import type { Message, Snapshot, Tick } from "../shared/protocol.js";
import { instrumentOf } from "../shared/symbols.js";
import type { Feed, OpenFeed, Publish } from "../server/channel.js";
import type { Subscription } from "../market/channels.js";
import type { ChannelReader } from "../market/reader.js";

export function relay(reader: ChannelReader): OpenFeed {
  return (name, publish) => {
    const channel = parseChannel(name);
    if (channel?.kind === "ticks" && instrumentOf(channel.symbol) !== undefined) return new Ticks(reader, name, publish);
    return channel?.kind === "text" ? new Relayed(reader, name, publish) : undefined;
  };
}

/** As it comes. While nobody reads here, nothing is read there. */
class Relayed implements Feed {
  readonly #reader: ChannelReader;
  readonly #name: string;
  readonly #publish: Publish;
  #last: number | undefined;
  #subscription: Subscription | undefined;

  constructor(reader: ChannelReader, name: string, publish: Publish) {
    this.#reader = reader;
    this.#name = name;
    this.#publish = publish;
  }

  setActive(isActive: boolean): void {
    this.#subscription?.close();
    this.#subscription = isActive ? this.#reader.read(this.#name, {
      onMessage: (message) => {
        this.#last = message.position;
        this.onMessage(message);
      },
      onRefused: (error) => console.error(`${this.#name}: ${error.message}`), // pages wait, as for any other delay
    }, this.#last) : undefined;
  }

  close(): void {
    this.setActive(false);
  }

  protected onMessage(message: Message): void {
    this.#publish(message);
  }
}

class Ticks extends Relayed {
  readonly #channel: string;
  readonly #history: [timeMs: number, price: number][] = [];
  #latest: Snapshot | Tick | undefined;

  constructor(reader: ChannelReader, name: string, publish: Publish) {
    super(reader, name, publish);
    this.#channel = name;
  }

  snapshot(): Snapshot | undefined {
    if (this.#latest === undefined) return undefined;
    const { position, timeMs, last, bid, ask, open } = this.#latest;
    return { type: "snapshot", channel: this.#channel, position, timeMs, last, bid, ask, open, history: [...this.#history] };
  }

  protected override onMessage(message: Message): void {
    if (message.type === "snapshot") this.#history.splice(0, Infinity, ...message.history);
    if (message.type === "tick") this.#history.push([message.timeMs, message.last]);
    if (this.#history.length > limits.historyPoints) this.#history.splice(0, this.#history.length - limits.historyPoints);
    if (message.type === "snapshot" || message.type === "tick") this.#latest = message;
    super.onMessage(message);
  }
}
