/**
 * Where channels sit: on one line, on two while they are moved, on none while they wait for one. Room: pool core.
 *
 * Reports of connections in, calls of a {@link SeatingSink} out; what becomes of channels goes to a {@link SeatingHost}. Whatever happens to a line, each of
 * its channels is asked for again, has another seat already, or is lost; the server is told of all of it, as far as it can be.
 */
import type { Swept } from "@x/errors/clock";
import type { JetSocketError } from "@x/errors/pool";
import type { Ending } from "../resilient/lifecycle.js";
import { Seat, type Channel, type Line } from "./channel.js";
import { Housing } from "./housing.js";
import { Lines, type LinesSink } from "./lines.js";
import { Moves } from "./moves.js";
import type { ChannelLimits } from "./options.js";
import { Requests, type Acknowledgement, type RequestKind, type Sent } from "./requests.js";

/** What is asked of the driver. None of these may throw. */
export interface SeatingSink<Message> extends LinesSink<Message> {
  /** Open a connection for the line; report `opened`, `renewed`, `dropped`, and once, last, `gone`. */
  open(line: Line<Message>): void;
  /** Close it; report `gone`. */
  close(line: Line<Message>): void;
  /** Send a request on the line's connection. */
  send(line: Line<Message>, kind: RequestKind, id: number, seats: readonly Seat<Message>[]): Sent;
  /** Something went wrong that no subscriber hears of: a request nobody answered, a move that was refused. */
  report(line: Line<Message>, error: JetSocketError): void;
  /** The deadline may have moved. */
  wake(): void;
  /** All is closed, and no line left. */
  emptied(): void;
}

export interface SeatingHost<Message> {
  /** The server has been told of the channel, and did not say no. */
  live(channel: Channel<Message>, acknowledgement: Acknowledgement | undefined): void;
  /** It has no seat any more, and gets no other. */
  lost(channel: Channel<Message>, ending: Ending): void;
}

export interface SeatingSettings {
  readonly limits: ChannelLimits;
  /** The server acknowledges requests. */
  readonly hasAcks: boolean;
  /** The server can be told that a channel is of no interest any more. */
  readonly canUnsubscribe: boolean;
  /** Channels can be moved without loss. */
  readonly hasPositions: boolean;
}

/** Since the beginning. */
export interface SeatingCounts {
  /** Channels asked for again after their connection was lost or replaced. */
  readonly resubscribed: number;
  /** Channels moved to another connection. */
  readonly moved: number;
}

export class Seating<Message> implements Swept {
  readonly #settings: SeatingSettings;
  readonly #sink: SeatingSink<Message>;
  readonly #host: SeatingHost<Message>;
  readonly #requests: Requests<Message>;
  readonly #lines: Lines<Message>;
  readonly #housing: Housing<Message>;
  readonly #moves: Moves<Message>;
  #resubscribed = 0;
  #isClosed = false;

  constructor(settings: SeatingSettings, sink: SeatingSink<Message>, host: SeatingHost<Message>) {
    const { limits, limits: { rebalanceBelow }, hasAcks, hasPositions } = settings;
    this.#settings = settings;
    this.#sink = sink;
    this.#host = host;
    this.#lines = new Lines<Message>(limits, sink);
    const seat = (channel: Channel<Message>, line: Line<Message>): Seat<Message> => this.#seat(channel, line);
    this.#housing = new Housing<Message>(limits, this.#lines, seat);
    this.#moves = new Moves<Message>({ rebalanceBelow, hasPositions }, this.#lines, seat);
    this.#requests = new Requests<Message>(limits, hasAcks, {
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

  get counts(): SeatingCounts {
    return { resubscribed: this.#resubscribed, moved: this.#moves.count };
  }

  /** Requests that wait for their acknowledgement. */
  get pending(): number {
    return this.#requests.pending;
  }

  /** Finds a seat for a new channel, or lets it wait for one; {@link settle} tells the server.
   *  @throws {JetSocketError} `pool/too-many-channels`: all lines are full, and none is closing for it. */
  place(channel: Channel<Message>): void {
    this.#housing.place(channel);
  }

  /** Nobody holds the channel any more. */
  release(channel: Channel<Message>, nowMs: number): void {
    this.#housing.forget(channel);
    for (const seat of [channel.home, channel.next]) if (seat !== undefined) this.#vacate(seat, nowMs);
    channel.home = channel.next = undefined;
    this.#moves.noteChange();
    this.settle(nowMs);
  }

  /** The server is to go on after the channel's last position: it lets go of the channel first, if it can be told to. */
  resume({ home }: Channel<Message>): void {
    if (home === undefined) return;
    this.#requests.want(home, this.#settings.canUnsubscribe ? "unwanted" : "wanted");
    this.#sink.wake();
  }

  /** The line has a connection. */
  opened(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "opening") return;
    line.phase = "open";
    this.#moves.noteChange();
    this.#requests.opened(line);
    this.settle(nowMs);
  }

  /** Another connection took the place of the line's; the server must be told of its channels. */
  renewed(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "open") return;
    this.#reset(line, nowMs);
    this.settle(nowMs);
  }

  /** The line has lost its connection and looks for another. */
  dropped(line: Line<Message>, nowMs: number): void {
    if (line.phase !== "open") return;
    line.phase = "opening";
    this.#reset(line, nowMs);
    this.settle(nowMs);
  }

  /** The line is over; its channels are lost with it. */
  gone(line: Line<Message>, ending: Ending, nowMs: number): void {
    if (!this.#lines.delete(line)) return;
    this.#requests.forget(line);
    for (const seat of [...line.seats]) {
      line.remove(seat, nowMs);
      if (!this.#moves.isLostWith(seat)) continue;
      seat.channel.home = undefined;
      this.#host.lost(seat.channel, ending);
    }
    if (this.#isClosed && this.#lines.size === 0) this.#sink.emptied();
    else this.settle(nowMs);
  }

  /** The server has answered a request. */
  acknowledged(line: Line<Message>, acknowledgement: Acknowledgement, nowMs: number): void {
    if (this.#requests.acknowledged(line, acknowledgement, nowMs)) this.settle(nowMs);
  }

  /**
   * Empties as many lines as the others have room for. Each channel is asked for at its new line after its last position, then given up at its old one.
   *
   * @returns how many channels go. @throws {JetSocketError} `pool/invalid-option`: without positions they would miss messages, or get them twice.
   */
  rebalance(nowMs: number): number {
    const count = this.#moves.rebalance(nowMs);
    this.settle(nowMs);
    return count;
  }

  tick(nowMs: number): void {
    this.#requests.tick(nowMs);
    this.settle(nowMs);
  }

  /** Finds seats for those who wait, gives up lines that are not needed, and sends what is to be sent. */
  settle(nowMs: number): void {
    this.#requests.flush(nowMs);
    if (this.#housing.proceed() + this.#moves.proceed(nowMs) > 0) this.#requests.flush(nowMs);
    this.#lines.closeIdle(nowMs);
    this.#sink.wake();
  }

  /** Closes all lines. The seats are free; their channels are not told. */
  close(nowMs: number): void {
    this.#isClosed = true;
    this.#housing.clear();
    this.#lines.close((line, seats) => {
      this.#requests.forget(line);
      for (const seat of seats) line.remove(seat, nowMs);
    });
    this.#sink.wake();
    if (this.#lines.size === 0) this.#sink.emptied();
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
      if (this.#moves.isLostWith(seat)) {
        if (seat.isAgain) this.#resubscribed++;
        this.#requests.want(seat, "wanted");
      } else line.remove(seat, nowMs);
    }
  }

  #live(seat: Seat<Message>, acknowledgement: Acknowledgement | undefined, nowMs: number): void {
    const { channel, line } = seat;
    const left = this.#moves.arrived(seat);
    if (left !== undefined) this.#vacate(left, nowMs);
    for (const parting of line.parting) if (parting.channel.name === channel.name) line.remove(parting, nowMs); // the server has come past it
    this.#host.live(channel, acknowledgement);
  }

  #refused(seat: Seat<Message>, error: JetSocketError, nowMs: number): void {
    const { channel, line } = seat;
    line.remove(seat, nowMs);
    if (this.#moves.refused(seat)) {
      this.#sink.report(line, error);
      return;
    }
    if (channel.next !== undefined) this.#vacate(channel.next, nowMs);
    channel.home = channel.next = undefined;
    this.#host.lost(channel, { error, isQuiet: false });
  }

  #left(seat: Seat<Message>, nowMs: number): void {
    if (seat.channel.home === seat) this.#requests.want(seat, "wanted"); // it is resumed
    else {
      seat.line.remove(seat, nowMs);
      this.#moves.noteChange();
    }
  }
}
