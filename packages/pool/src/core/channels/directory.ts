/**
 * Channels by name, and the way of a message to those who hold them. Room: pool core.
 *
 * A message counts for the channels of its line alone: what is subscribed to on two lines comes on both.
 */
import type { MessageId } from "../resilient/events.js";
import type { Channel, Line } from "./channel.js";
import type { Gaps } from "./gaps.js";

/** Why nobody gets a message: it names no channel, or one that is not subscribed to on its line. */
export type UnroutableReason = "noChannel" | "notSubscribed";

/** Messages since the beginning. */
export interface RoutingCounts {
  /** That somebody got. */
  routed: number;
  unroutable: number;
  /** Of channels that are on their way out, or were moved away. */
  late: number;
  /** That had come before, by their positions. */
  duplicates: number;
}

export class Directory<Message> {
  readonly counts: RoutingCounts = { routed: 0, unroutable: 0, late: 0, duplicates: 0 };
  readonly #positionOf: ((message: Message) => MessageId | undefined) | undefined;
  readonly #maxNameLength: number;
  readonly #gaps: Gaps<Message>;
  readonly #channels = new Map<string, Channel<Message>>();
  #patterns = 0;

  constructor(positionOf: ((message: Message) => MessageId | undefined) | undefined, maxNameLength: number, gaps: Gaps<Message>) {
    this.#positionOf = positionOf;
    this.#maxNameLength = maxNameLength;
    this.#gaps = gaps;
  }

  get size(): number {
    return this.#channels.size;
  }

  /** Of those, the ones that are patterns. */
  get patterns(): number {
    return this.#patterns;
  }

  get(name: string): Channel<Message> | undefined {
    return this.#channels.get(name);
  }

  /** All of them, the oldest first. */
  values(): Iterable<Channel<Message>> {
    return this.#channels.values();
  }

  add(channel: Channel<Message>): void {
    this.#channels.set(channel.name, channel);
    if (channel.matches !== undefined) this.#patterns++;
  }

  delete(channel: Channel<Message>): void {
    if (this.#channels.get(channel.name) !== channel) return;
    this.#channels.delete(channel.name);
    if (channel.matches !== undefined) this.#patterns--;
  }

  /** @returns why nobody gets it; `undefined` where somebody does, or it was not to be expected. */
  route(line: Line<Message>, message: Message, name: string | undefined, bytes: number): UnroutableReason | undefined {
    if (name === undefined || name.length > this.#maxNameLength) return this.#lost("noChannel");
    const position = this.#positionOf?.(message);
    const exact = this.#channels.get(name);
    let isWanted = false;
    if (exact?.matches === undefined && exact?.isHeardOn(line) === true) {
      isWanted = true;
      this.#deliver(exact, line, message, name, position, bytes);
    }
    for (const pattern of line.patterns) {
      if (pattern.matches?.(name) !== true) continue;
      isWanted = true;
      this.#deliver(pattern, line, message, name, position, bytes);
    }
    if (isWanted) return undefined;
    if (exact === undefined && !isParting(line, name)) return this.#lost("notSubscribed");
    this.counts.late++;
    return undefined;
  }

  #deliver(channel: Channel<Message>, line: Line<Message>, message: Message, name: string, position: MessageId | undefined, bytes: number): void {
    if (line.parting.size > 0 && hasPredecessor(line, channel.name)) {
      this.counts.late++;
      return;
    }
    if (position !== undefined && !this.#isDue(channel, name, position)) return;
    this.counts.routed++;
    for (const member of channel.members) member.deliver(message, bytes);
  }

  /** @returns whether a message of this position is delivered: it did not come before, and not too early. */
  #isDue(channel: Channel<Message>, name: string, position: MessageId): boolean {
    const succession = channel.follow(name, position);
    if (succession === "known") this.counts.duplicates++;
    return succession === "next" || (succession === "ahead" && this.#gaps.meet(channel, name, Number(position))); // only numbers are ahead
  }

  #lost(reason: UnroutableReason): UnroutableReason {
    this.counts.unroutable++;
    return reason;
  }
}

function isParting<Message>({ parting }: Line<Message>, name: string): boolean {
  for (const { channel } of parting) if (channel.name === name || channel.matches?.(name) === true) return true;
  return false;
}

/** Until the server has let go of a channel, what comes for it is not yet meant for who asked for it anew. */
function hasPredecessor<Message>({ parting }: Line<Message>, name: string): boolean {
  for (const { channel } of parting) if (channel.name === name) return true;
  return false;
}
