/**
 * Many channels on few lines as a machine: intents of subscribers and messages of connections in, calls of a {@link SwitchboardSink} out.
 *
 * Room: pool core. Knows no promise, timer or socket; time is an argument (milliseconds of one monotonic clock). A message costs one look
 * at a table and one comparison with each pattern of its line. State is settled before the sink or a member is called.
 */
import { InvalidStateError } from "@x/errors/pool";
import type { MessageId } from "../resilient/events.js";
import type { Ending } from "../resilient/lifecycle.js";
import { invalidOption } from "../options.js";
import { Channel, type ChannelMemory, type Line, type Member } from "./channel.js";
import { Directory, type RoutingCounts, type UnroutableReason } from "./directory.js";
import { Gaps, type GapCounts, type GapPolicy } from "./gaps.js";
import { tooMany } from "./options.js";
import { matcherOf } from "./pattern.js";
import type { Acknowledgement } from "./requests.js";
import { Seating, type SeatingCounts, type SeatingSettings, type SeatingSink } from "./seating.js";

/** What the machine asks of its driver. None of these may throw. */
export interface SwitchboardSink<Message> extends SeatingSink<Message> {
  unroutable(line: Line<Message>, message: Message, name: string | undefined, reason: UnroutableReason): void;
}

/** Counts since the beginning. */
export interface SwitchboardCounts extends RoutingCounts, GapCounts, SeatingCounts {}

export interface SwitchboardSettings<Message> extends Omit<SeatingSettings, "hasPositions"> {
  /** Stands for any characters in a channel's name; `undefined`: no name is a pattern. */
  readonly wildcard: string | undefined;
  /** Never throws. */
  readonly positionOf: ((message: Message) => MessageId | undefined) | undefined;
  /** What happens when positions are missing. */
  readonly gaps: GapPolicy;
}

export class Switchboard<Message> {
  /** Where channels sit: reports of connections go there, and time. */
  readonly seating: Seating<Message>;
  readonly #settings: SwitchboardSettings<Message>;
  readonly #memory: ChannelMemory;
  readonly #sink: SwitchboardSink<Message>;
  readonly #directory: Directory<Message>;
  readonly #gaps: Gaps<Message>;
  #isClosed = false;

  constructor(settings: SwitchboardSettings<Message>, sink: SwitchboardSink<Message>) {
    const { limits: { positionWindow, maxChannels: maxNames, maxResumes, maxChannelLength }, gaps: policy, positionOf } = settings;
    this.#settings = settings;
    this.#sink = sink;
    this.#memory = { positionWindow, maxNames, isConsecutive: policy !== "ignore" };
    this.#gaps = new Gaps({ policy, maxResumes }, (channel) => this.seating.resume(channel));
    this.#directory = new Directory(positionOf, maxChannelLength, this.#gaps);
    this.seating = new Seating<Message>({ ...settings, hasPositions: positionOf !== undefined }, sink, {
      live: (channel, acknowledgement) => this.#live(channel, acknowledgement),
      lost: (channel, ending) => this.#lost(channel, ending),
    });
  }

  get counts(): SwitchboardCounts {
    return { ...this.#directory.counts, ...this.#gaps.counts, ...this.seating.counts };
  }

  /** Channels that somebody holds. */
  get channels(): number {
    return this.#directory.size;
  }

  /** From now on `member` holds the channel.
   *  @param after the position to go on from; only for a channel that nobody holds.
   *  @throws {InvalidStateError} `pool/invalid-state`: closed; held, and yet to go on from somewhere. @throws {JetSocketError} `pool/too-many-channels`; `pool/invalid-option`: the name. */
  subscribe(name: string, member: Member<Message>, nowMs: number, after?: MessageId): Channel<Message> {
    if (this.#isClosed) throw new InvalidStateError("Cannot subscribe: channel pool is closed, must be open", { currentState: "closed", allowedStates: ["open"] });
    const known = this.#directory.get(name);
    if (known !== undefined && after !== undefined) throw new InvalidStateError("Cannot subscribe after a position: channel is held, must be free", { currentState: "held", allowedStates: ["free"] });
    const channel = known ?? this.#create(name);
    if (after !== undefined) channel.begin({ [name]: after });
    channel.join(member);
    if (known === undefined) this.seating.settle(nowMs);
    else if (known.home?.state === "live") member.ready();
    return channel;
  }

  /** `member` does not hold the channel any more; without members it is given up. */
  leave(channel: Channel<Message>, member: Member<Message>, nowMs: number): void {
    channel.leave(member);
    if (channel.members.length > 0 || this.#directory.get(channel.name) !== channel) return;
    this.#directory.delete(channel);
    this.seating.release(channel, nowMs);
  }

  /** A message of the line's connection. */
  message(line: Line<Message>, message: Message, name: string | undefined, bytes: number): void {
    const reason = this.#directory.route(line, message, name, bytes);
    if (reason !== undefined) this.#sink.unroutable(line, message, name, reason);
  }

  /** Ends all. Idempotent. */
  close(ending: Ending, nowMs: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const channel of [...this.#directory.values()]) {
      channel.home = channel.next = undefined;
      this.#lost(channel, ending);
    }
    this.seating.close(nowMs);
  }

  #create(name: string): Channel<Message> {
    const { wildcard, limits: { maxChannels, maxPatterns, maxChannelLength } } = this.#settings;
    if (name === "" || name.length > maxChannelLength) throw invalidOption(`Cannot subscribe: the channel's name has ${name.length} characters, must have 1 to ${maxChannelLength}`);
    if (this.#directory.size >= maxChannels) throw tooMany(`${maxChannels} channels are subscribed to`);
    const matches = matcherOf(name, wildcard);
    if (matches !== undefined && this.#directory.patterns >= maxPatterns) throw tooMany(`${maxPatterns} patterns are subscribed to`);
    const channel = new Channel<Message>(name, matches, this.#memory);
    this.seating.place(channel);
    this.#directory.add(channel);
    return channel;
  }

  #live(channel: Channel<Message>, { resumed, positions }: Partial<Acknowledgement> = {}): void {
    const hasMissed = resumed === false && channel.after !== undefined;
    if (hasMissed) channel.forget();
    channel.begin(positions);
    for (const member of channel.members) {
      if (hasMissed) member.missed();
      member.ready();
    }
  }

  #lost(channel: Channel<Message>, ending: Ending): void {
    this.#directory.delete(channel);
    for (const member of channel.members) member.end(ending);
  }
}
