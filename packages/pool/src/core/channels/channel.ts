/**
 * The nouns of a channel pool: a channel, the line it lies on, and its seat there. Room: pool core.
 *
 * A line is one connection over all its reconnects. A seat is what the server knows, or is to know, of a channel on a line:
 * a channel that is being moved has two of them, and one that nobody holds any more leaves its seat to be cancelled.
 */
import type { MessageId } from "../resilient/events.js";
import type { Ending } from "../resilient/lifecycle.js";
import type { Matcher } from "./pattern.js";
import { Trail, Trails, type Gap, type Succession, type TrailSettings } from "./trail.js";

/** Whoever holds a channel. None of these may throw. */
export interface Member<Message> {
  /** The channel is subscribed to. Called once for each time that the server has (again) been told. */
  ready(): void;
  deliver(message: Message, bytes: number): void;
  /** Positions are missing. */
  gap(gap: Gap): void;
  /** What is missing is lost: the server could not go on where it was asked to. */
  missed(): void;
  /** Nothing follows. */
  end(ending: Ending): void;
}

/** `wanted`, then `asked` until it is acknowledged, then `live`; `unwanted`, then `leaving` until that is. */
export type SeatState = "wanted" | "asked" | "live" | "unwanted" | "leaving";

export class Seat<Message> {
  readonly channel: Channel<Message>;
  readonly line: Line<Message>;
  state: SeatState = "wanted";
  /** The server was told before, on a connection that is gone. */
  isAgain = false;
  /** The request that asked last; answers to others are of no interest. */
  requestId = 0;

  constructor(channel: Channel<Message>, line: Line<Message>) {
    this.channel = channel;
    this.line = line;
  }
}

/** How far a new channel's positions reach. */
export interface ChannelMemory extends TrailSettings {
  /** Names of which a pattern remembers positions. */
  readonly maxNames: number;
}

const NO_POSITIONS: ReadonlyMap<string, MessageId> = new Map();

export class Channel<Message> {
  readonly name: string;
  readonly matches: Matcher | undefined;
  /** Replaced, never changed, so that delivery needs no copy. */
  members: readonly Member<Message>[] = [];
  home: Seat<Message> | undefined;
  /** Where it is being moved to. */
  next: Seat<Message> | undefined;
  readonly #memory: ChannelMemory;
  #trail: Trail | Trails;

  constructor(name: string, matches: Matcher | undefined, memory: ChannelMemory) {
    this.name = name;
    this.matches = matches;
    this.#memory = memory;
    this.#trail = this.#newTrail();
  }

  /** The position of the last message; `undefined` where there is none. */
  get after(): MessageId | undefined {
    return this.#trail.last;
  }

  /** The last position of each name that a pattern has met. */
  get positions(): ReadonlyMap<string, MessageId> {
    return this.#trail instanceof Trails ? this.#trail.positions() : NO_POSITIONS;
  }

  /** The server has been told, and nothing more is to be. */
  get isLive(): boolean {
    return this.home?.state === "live" && this.next === undefined;
  }

  /** @returns whether a message of this line is for the channel. */
  isHeardOn(line: Line<Message>): boolean {
    return this.home?.line === line || this.next?.line === line;
  }

  /** @returns how a message of this position follows those before it. */
  follow(name: string, position: MessageId): Succession {
    return this.#trail instanceof Trails ? this.#trail.follow(name, position) : this.#trail.follow(position);
  }

  /** Of the messages of this name. */
  trailOf(name: string): Trail {
    return this.#trail instanceof Trails ? this.#trail.of(name) : this.#trail;
  }

  /** Goes on from this position, whatever is missing before it. */
  skip(name: string, position: MessageId): void {
    this.trailOf(name).last = position;
    this.#trail.last = position;
  }

  /** The server does not answer: what is missing is not waited for any longer. */
  giveUp(): void {
    for (const { gap } of this.#trail instanceof Trails ? this.#trail.values() : [this.#trail]) if (gap !== undefined) gap.isHopeless = true;
  }

  /** Where it stands before its first message: a pattern by the names that match, and by its own. */
  begin(positions: Readonly<Record<string, MessageId>> = {}): void {
    if (this.after !== undefined) return;
    for (const [name, position] of Object.entries(positions)) {
      if (name === this.name) this.#trail.last = position;
      else if (this.matches?.(name) === true) this.follow(name, position);
    }
  }

  /** Positions begin anew. */
  forget(): void {
    this.#trail = this.#newTrail();
  }

  join(member: Member<Message>): void {
    this.members = [...this.members, member];
  }

  leave(member: Member<Message>): void {
    this.members = this.members.filter((other) => other !== member);
  }

  #newTrail(): Trail | Trails {
    return this.matches === undefined ? new Trail(this.#memory) : new Trails(this.#memory, this.#memory.maxNames);
  }
}

/** `opening` also between two connections; `closing` until it is gone. */
export type LinePhase = "opening" | "open" | "closing";

export class Line<Message> {
  /** 1 for the first. */
  readonly number: number;
  phase: LinePhase = "opening";
  readonly seats: Set<Seat<Message>> = new Set<Seat<Message>>();
  /** Channels that are heard on it and are patterns. */
  readonly patterns: Set<Channel<Message>> = new Set<Channel<Message>>();
  /** Seats of channels that are heard no more, of which the server is still to let go. */
  readonly parting: Set<Seat<Message>> = new Set<Seat<Message>>();
  /** What the server is to be told, in order. */
  readonly queue: Set<Seat<Message>> = new Set<Seat<Message>>();
  /** Requests that may leave until `batchUntilMs`. */
  batchLeft = 0;
  batchUntilMs: number = Number.NEGATIVE_INFINITY;
  /** Its channels are being moved away. */
  isDraining = false;
  /** Since when it has no channels. */
  idleSinceMs: number = Number.POSITIVE_INFINITY;

  constructor(number: number) {
    this.number = number;
  }

  add(seat: Seat<Message>): void {
    this.seats.add(seat);
    this.idleSinceMs = Infinity;
    if (seat.channel.matches !== undefined) this.patterns.add(seat.channel);
  }

  /** From now on it is not heard, though the server is still to be told. */
  part(seat: Seat<Message>): void {
    this.patterns.delete(seat.channel);
    this.parting.add(seat);
  }

  remove(seat: Seat<Message>, nowMs: number): void {
    this.seats.delete(seat);
    this.queue.delete(seat);
    this.patterns.delete(seat.channel);
    this.parting.delete(seat);
    if (this.seats.size === 0) this.idleSinceMs = nowMs;
  }
}
