/**
 * Many channels on few lines as a machine: intents of subscribers and reports of connections in, calls of a {@link SwitchboardSink} out.
 *
 * Room: pool core. Knows no promise, timer or socket; time is an argument (milliseconds of one monotonic clock). A message costs one look
 * at a table and one comparison with each pattern of its line. State is settled before the sink or a member is called.
 */
import type { Swept } from "@x/errors/clock";
import { InvalidStateError, JetSocketError } from "@x/errors/pool";
import type { MessageId } from "../resilient/events.js";
import type { Ending } from "../resilient/lifecycle.js";
import { invalidOption } from "../options.js";
import { Channel, Seat, type ChannelMemory, type Line, type Member } from "./channel.js";
import { Directory, type RoutingCounts, type UnroutableReason } from "./directory.js";
import { Gaps, type GapCounts, type GapPolicy } from "./gaps.js";
import { Lines, type LinesSink } from "./lines.js";
import type { ChannelLimits } from "./options.js";
import { matcherOf } from "./pattern.js";
import { Requests, type Acknowledgement, type RequestKind, type Sent } from "./requests.js";

/** What the machine asks of its driver. None of these may throw. */
export interface SwitchboardSink<Message> extends LinesSink<Message> {
  /** Open a connection for the line; report `opened`, `renewed`, `dropped`, and once, last, `gone`. */
  open(line: Line<Message>): void;
  /** Close it; report `gone`. */
  close(line: Line<Message>): void;
  /** Send a request on the line's connection. */
  send(line: Line<Message>, kind: RequestKind, id: number, seats: readonly Seat<Message>[]): Sent;
  unroutable(line: Line<Message>, message: Message, name: string | undefined, reason: UnroutableReason): void;
  /** Something went wrong that no subscriber hears of: a request nobody answered, a move that was refused. */
  report(line: Line<Message>, error: JetSocketError): void;
  /** The machine's deadline may have moved. */
  wake(): void;
  /** The closed switchboard has no line left. */
  emptied(): void;
}

/** Counts since the beginning. */
export interface SwitchboardCounts extends RoutingCounts, GapCounts {
  /** Channels asked for again after their connection was lost or replaced. */
  resubscribed: number;
  /** Channels moved to another connection. */
  moved: number;
}

export interface SwitchboardSettings<Message> {
  readonly limits: ChannelLimits;
  /** Stands for any characters in a channel's name; `undefined`: no name is a pattern. */
  readonly wildcard: string | undefined;
  /** The server acknowledges requests. */
  readonly hasAcks: boolean;
  /** The server can be told that a channel is of no interest any more. */
  readonly canUnsubscribe: boolean;
  /** Never throws. */
  readonly positionOf: ((message: Message) => MessageId | undefined) | undefined;
  /** What happens when positions are missing. */
  readonly gaps: GapPolicy;
}

export class Switchboard<Message> implements Swept {
  readonly #settings: SwitchboardSettings<Message>;
  readonly #limits: ChannelLimits;
  readonly #memory: ChannelMemory;
  readonly #sink: SwitchboardSink<Message>;
  readonly #requests: Requests<Message>;
  readonly #directory: Directory<Message>;
  readonly #gaps: Gaps<Message>;
  readonly #lines: Lines<Message>;
  /** Channels that wait for a line that is closing to be gone, so that another may be opened. */
  readonly #homeless = new Set<Channel<Message>>();
  readonly #counts = { resubscribed: 0, moved: 0 };
  /** Something has changed since it was last asked which line is needed: a move that was refused is not tried again before. */
  #hasChanged = false;
  #isClosed = false;

  constructor(settings: SwitchboardSettings<Message>, sink: SwitchboardSink<Message>) {
    this.#settings = settings;
    this.#limits = settings.limits;
    this.#memory = { positionWindow: settings.limits.positionWindow, maxNames: settings.limits.maxChannels, isConsecutive: settings.gaps !== "ignore" };
    this.#sink = sink;
    this.#gaps = new Gaps({ policy: settings.gaps, maxResumes: settings.limits.maxResumes }, (channel) => this.#resume(channel));
    this.#directory = new Directory(settings.positionOf, settings.limits.maxChannelLength, this.#gaps);
    this.#lines = new Lines<Message>(settings.limits, sink);
    this.#requests = new Requests<Message>(settings.limits, settings.hasAcks, {
      send: (line, kind, id, seats) => sink.send(line, kind, id, seats),
      live: (seat, acknowledgement, nowMs) => this.#live(seat, acknowledgement, nowMs),
      refused: (seat, error, nowMs) => this.#refused(seat, error, nowMs),
      left: (seat, nowMs) => this.#left(seat, nowMs),
      overdue: (seats) => seats.forEach(({ channel }) => channel.giveUp()),
      report: (line, error) => sink.report(line, error),
    });
  }

  get deadlineMs(): number {
    return Math.min(this.#requests.deadlineMs, this.#lines.deadlineMs);
  }

  get counts(): SwitchboardCounts {
    return { ...this.#directory.counts, ...this.#gaps.counts, ...this.#counts };
  }

  /** Channels that somebody holds. */
  get channels(): number {
    return this.#directory.size;
  }

  /** Requests that wait for their acknowledgement. */
  get pending(): number {
    return this.#requests.pending;
  }

  get(name: string): Channel<Message> | undefined {
    return this.#directory.get(name);
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
    if (known === undefined) this.#settle(nowMs);
    else if (known.home?.state === "live") member.ready();
    return channel;
  }

  /** `member` does not hold the channel any more; without members it is given up. */
  leave(channel: Channel<Message>, member: Member<Message>, nowMs: number): void {
    channel.leave(member);
    if (channel.members.length > 0 || this.#directory.get(channel.name) !== channel) return;
    this.#directory.delete(channel);
    this.#homeless.delete(channel);
    for (const seat of [channel.home, channel.next]) if (seat !== undefined) this.#vacate(seat, nowMs);
    channel.home = channel.next = undefined;
    this.#hasChanged = true;
    this.#settle(nowMs);
  }

  /** The line has a connection. */
  opened(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "opening") return;
    line.phase = "open";
    this.#hasChanged = true;
    this.#requests.opened(line);
    this.#settle(nowMs);
  }

  /** Another connection took the place of the line's; the server must be told of its channels. */
  renewed(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "open") return;
    this.#reset(line, nowMs);
    this.#settle(nowMs);
  }

  /** The line has lost its connection and looks for another. */
  dropped(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "open") return;
    line.phase = "opening";
    this.#reset(line, nowMs);
    this.#settle(nowMs);
  }

  /** The line is over; its channels end with it. */
  gone(line: Line<Message>, ending: Ending, nowMs: number): void {
    if (!this.#lines.delete(line)) return;
    this.#requests.forget(line);
    for (const seat of [...line.seats]) {
      const { channel } = seat;
      line.remove(seat, nowMs);
      if (!this.#isLostWith(seat)) continue;
      channel.home = undefined;
      this.#directory.delete(channel);
      for (const member of channel.members) member.end(ending);
    }
    if (this.#isClosed && this.#lines.size === 0) this.#sink.emptied();
    else {
      for (const channel of this.#homeless) if (!this.#house(channel)) break;
      this.#settle(nowMs);
    }
  }

  /** A message of the line's connection. */
  message(line: Line<Message>, message: Message, name: string | undefined, bytes: number): void {
    const reason = this.#directory.route(line, message, name, bytes);
    if (reason !== undefined) this.#sink.unroutable(line, message, name, reason);
  }

  /** @returns whether somebody waited for it. */
  acknowledged(line: Line<Message>, acknowledgement: Acknowledgement, nowMs: number): boolean {
    const isExpected = this.#requests.acknowledged(line, acknowledgement, nowMs);
    if (isExpected) this.#settle(nowMs);
    return isExpected;
  }

  /**
   * Empties as many lines as the others have room for. Each channel is asked for at its new line after its last position, then given up at its old one.
   *
   * @returns how many channels go. @throws {JetSocketError} `pool/invalid-option`: without positions they would miss messages, or get them twice.
   */
  rebalance(nowMs: number): number {
    if (this.#settings.positionOf === undefined) throw invalidOption("Cannot rebalance: messages have no positions, must come with positionOf");
    let count = 0;
    while (this.#lines.drainOne(1)) count += this.#drainAll(nowMs);
    this.#settle(nowMs);
    return count;
  }

  tick(nowMs: number): void {
    this.#requests.tick(nowMs);
    this.#settle(nowMs);
  }

  /** Ends all. Idempotent. */
  close(ending: Ending, nowMs: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#homeless.clear();
    for (const channel of [...this.#directory.values()]) {
      this.#directory.delete(channel);
      channel.home = channel.next = undefined;
      for (const member of channel.members) member.end(ending);
    }
    this.#lines.close((line, seats) => {
      this.#requests.forget(line);
      for (const seat of seats) line.remove(seat, nowMs);
    });
    this.#sink.wake();
    if (this.#lines.size === 0) this.#sink.emptied();
  }

  #create(name: string): Channel<Message> {
    const { maxChannels, maxPatterns, maxChannelLength } = this.#limits;
    if (name === "" || name.length > maxChannelLength) throw invalidOption(`Cannot subscribe: the channel's name has ${name.length} characters, must have 1 to ${maxChannelLength}`);
    if (this.#directory.size >= maxChannels) throw tooMany(`${maxChannels} channels are subscribed to`);
    const matches = matcherOf(name, this.#settings.wildcard);
    if (matches !== undefined && this.#directory.patterns >= maxPatterns) throw tooMany(`${maxPatterns} patterns are subscribed to`);
    const channel = new Channel<Message>(name, matches, this.#memory);
    if (!this.#house(channel)) this.#await(channel);
    this.#directory.add(channel);
    return channel;
  }

  /** Finds a line for a channel. @returns whether there is one. */
  #house(channel: Channel<Message>): boolean {
    const line = this.#lines.place();
    if (line === undefined) return false;
    this.#homeless.delete(channel);
    channel.home = this.#seat(channel, line);
    return true;
  }

  /** Lets the channel wait for a line that is closing. @throws {JetSocketError} `pool/too-many-channels`: for none, or others wait already. */
  #await(channel: Channel<Message>): void {
    const { maxChannelsPerConnection, maxConnections } = this.#limits;
    if (this.#homeless.size >= this.#lines.freeing) throw tooMany(`${maxConnections} connections of ${maxChannelsPerConnection} channels are full`);
    this.#homeless.add(channel);
  }

  #seat(channel: Channel<Message>, line: Line<Message>): Seat<Message> {
    const seat = new Seat(channel, line);
    line.add(seat);
    this.#requests.want(seat, "wanted");
    return seat;
  }

  /** Gives a seat up; the server is told where it has been told of it. */
  #vacate(seat: Seat<Message>, nowMs: number): void {
    const { line, state } = seat;
    if (state !== "wanted" && line.phase === "open" && this.#settings.canUnsubscribe) {
      line.part(seat);
      this.#requests.want(seat, "unwanted");
    } else line.remove(seat, nowMs);
  }

  /** What was asked on the line's connection is to be asked again on the next. */
  #reset(line: Line<Message>, nowMs: number): void {
    this.#requests.forget(line);
    for (const seat of [...line.seats]) {
      if (this.#isLostWith(seat)) {
        if (seat.isAgain) this.#counts.resubscribed++;
        this.#requests.want(seat, "wanted");
      } else line.remove(seat, nowMs);
    }
  }

  /** @returns whether the channel has no other place than this seat, whose connection is gone. A move ends here, one way or the other. */
  #isLostWith(seat: Seat<Message>): boolean {
    const { channel } = seat;
    if (channel.home === seat && channel.next !== undefined) channel.home = channel.next;
    else if (channel.next !== seat) return channel.home === seat;
    channel.next = undefined;
    return false;
  }

  /** The server is to go on after the channel's last position: it lets go of the channel first, if it can be told to. */
  #resume({ home }: Channel<Message>): void {
    if (home === undefined) return;
    this.#requests.want(home, this.#settings.canUnsubscribe ? "unwanted" : "wanted");
    this.#sink.wake();
  }

  #left(seat: Seat<Message>, nowMs: number): void {
    if (seat.channel.home === seat) this.#requests.want(seat, "wanted"); // it is resumed
    else {
      seat.line.remove(seat, nowMs);
      this.#hasChanged = true;
    }
  }

  #live(seat: Seat<Message>, { resumed, positions }: Partial<Acknowledgement> = {}, nowMs: number): void {
    const { channel } = seat;
    const hasMissed = resumed === false && channel.after !== undefined;
    if (channel.next === seat) {
      const left = channel.home;
      channel.home = seat;
      channel.next = undefined;
      this.#counts.moved++;
      if (left !== undefined) this.#vacate(left, nowMs);
    }
    for (const left of seat.line.parting) if (left.channel.name === channel.name) seat.line.remove(left, nowMs); // the server has come past it
    if (hasMissed) channel.forget();
    channel.begin(positions);
    for (const member of channel.members) {
      if (hasMissed) member.missed();
      member.ready();
    }
  }

  #refused(seat: Seat<Message>, error: JetSocketError, nowMs: number): void {
    const { channel, line } = seat;
    line.remove(seat, nowMs);
    if (channel.next === seat) { // it stays where it is
      channel.next = undefined;
      if (channel.home !== undefined) channel.home.line.isDraining = false;
      this.#sink.report(line, error);
      return;
    }
    if (channel.next !== undefined) this.#vacate(channel.next, nowMs);
    channel.home = channel.next = undefined;
    this.#directory.delete(channel);
    for (const member of channel.members) member.end({ error, isQuiet: false });
  }

  #drainAll(nowMs: number): number {
    return this.#lines.draining.reduce((count, line) => count + this.#drain(line, nowMs), 0);
  }

  /** Moves what can be moved away from a line. @returns how many. */
  #drain(line: Line<Message>, nowMs: number): number {
    let count = 0;
    for (const seat of [...line.seats]) {
      const { channel } = seat;
      if (channel.home !== seat || channel.next !== undefined) continue;
      const to = this.#lines.target();
      if (to === undefined) break;
      count++;
      if (seat.state === "wanted") { // nobody has been told of it
        line.remove(seat, nowMs);
        channel.home = this.#seat(channel, to);
        channel.home.isAgain = seat.isAgain;
        this.#counts.moved++;
      } else channel.next = this.#seat(channel, to);
    }
    return count;
  }

  /** Gives up lines that are not needed, and sends what is to be sent. */
  #settle(nowMs: number): void {
    this.#requests.flush(nowMs);
    if (this.#hasChanged) this.#economise();
    if (this.#drainAll(nowMs) > 0) this.#requests.flush(nowMs);
    this.#lines.closeIdle(nowMs);
    this.#sink.wake();
  }

  #economise(): void {
    const { rebalanceBelow } = this.#limits;
    this.#hasChanged = false;
    if (rebalanceBelow > 0 && this.#settings.positionOf !== undefined) this.#lines.drainOne(rebalanceBelow);
  }
}

function tooMany(what: string): JetSocketError {
  return new JetSocketError(`Cannot subscribe: ${what}, must be fewer`, { code: "pool/too-many-channels", retryable: true });
}
