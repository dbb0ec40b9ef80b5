/**
 * A line for each channel: one with room, a new one, or a wait for either. Room: pool core.
 *
 * A channel waits only while a line is closing: when that is gone another may be opened, so that all who wait are housed then at the latest.
 */
import type { Channel, Line, Seat } from "./channel.js";
import type { Lines } from "./lines.js";
import { tooMany, type ChannelLimits } from "./options.js";

export class Housing<Message> {
  readonly #limits: ChannelLimits;
  readonly #lines: Lines<Message>;
  readonly #seat: (channel: Channel<Message>, line: Line<Message>) => Seat<Message>;
  /** Who waits, in the order in which they came. */
  readonly #homeless = new Set<Channel<Message>>();

  /** @param seat gives a channel a seat that the server is to be told of. */
  constructor(limits: ChannelLimits, lines: Lines<Message>, seat: (channel: Channel<Message>, line: Line<Message>) => Seat<Message>) {
    this.#limits = limits;
    this.#lines = lines;
    this.#seat = seat;
  }

  /** Finds a line for a new channel, or lets it wait.
   *  @throws {JetSocketError} `pool/too-many-channels`: all lines are full, and none is closing for it. */
  place(channel: Channel<Message>): void {
    if (this.#house(channel)) return;
    const { maxChannelsPerConnection, maxConnections } = this.#limits;
    if (this.#homeless.size >= this.#lines.freeing) throw tooMany(`${maxConnections} connections of ${maxChannelsPerConnection} channels are full`);
    this.#homeless.add(channel);
  }

  /** Houses those who wait as far as there is room by now. @returns how many. */
  proceed(): number {
    const before = this.#homeless.size;
    for (const channel of this.#homeless) if (!this.#house(channel)) break;
    return before - this.#homeless.size;
  }

  /** The channel looks for a line no longer. */
  forget(channel: Channel<Message>): void {
    this.#homeless.delete(channel);
  }

  /** Nobody does. */
  clear(): void {
    this.#homeless.clear();
  }

  #house(channel: Channel<Message>): boolean {
    const line = this.#lines.place();
    if (line === undefined) return false;
    this.#homeless.delete(channel);
    channel.home = this.#seat(channel, line);
    return true;
  }
}
