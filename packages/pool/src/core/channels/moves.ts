/**
 * Channels on their way from one line to another, so that fewer lines are needed. Room: pool core.
 *
 * A channel that moves has two seats: it is asked for at its new line after its last position, and leaves its old one when the server has said yes. A move ends
 * wherever one of the two is lost.
 */
import { invalidOption } from "../options.js";
import type { Channel, Line, Seat } from "./channel.js";
import type { Lines } from "./lines.js";

export interface MoveSettings {
  /** Lines are given up while the channels fill no more than this part of the others. 0: never by itself. */
  readonly rebalanceBelow: number;
  /** Channels can be moved without loss. */
  readonly hasPositions: boolean;
}

export class Moves<Message> {
  /** Since the beginning. */
  count = 0;
  readonly #settings: MoveSettings;
  readonly #lines: Lines<Message>;
  readonly #seat: (channel: Channel<Message>, line: Line<Message>) => Seat<Message>;
  /** Something has changed since it was last asked which line is needed: a move that was refused is not tried again before. */
  #hasChanged = false;

  /** @param seat gives a channel a seat that the server is to be told of. */
  constructor(settings: MoveSettings, lines: Lines<Message>, seat: (channel: Channel<Message>, line: Line<Message>) => Seat<Message>) {
    this.#settings = settings;
    this.#lines = lines;
    this.#seat = seat;
  }

  /** It may pay now to do without a line. */
  noteChange(): void {
    this.#hasChanged = true;
  }

  /** Empties as many lines as the others have room for. @returns how many channels go.
   *  @throws {JetSocketError} `pool/invalid-option`: without positions they would miss messages, or get them twice. */
  rebalance(nowMs: number): number {
    if (!this.#settings.hasPositions) throw invalidOption("Cannot rebalance: messages have no positions, must come with positionOf");
    let count = 0;
    while (this.#lines.drainOne(1)) count += this.#drainAll(nowMs);
    return count;
  }

  /** Goes on with lines that are being emptied, and empties one more if it is worth it. @returns how many channels go. */
  proceed(nowMs: number): number {
    const { rebalanceBelow, hasPositions } = this.#settings;
    if (this.#hasChanged && rebalanceBelow > 0 && hasPositions) this.#lines.drainOne(rebalanceBelow);
    this.#hasChanged = false;
    return this.#drainAll(nowMs);
  }

  /** The server has said yes at this seat. @returns the seat that its channel leaves, if it has moved here. */
  arrived(seat: Seat<Message>): Seat<Message> | undefined {
    const { channel } = seat;
    if (channel.next !== seat) return undefined;
    const left = channel.home;
    channel.home = seat;
    channel.next = undefined;
    this.count++;
    return left;
  }

  /** The server has said no at this seat. @returns whether its channel was only to move there; it stays where it is. */
  refused(seat: Seat<Message>): boolean {
    const { channel } = seat;
    if (channel.next !== seat) return false;
    channel.next = undefined;
    if (channel.home !== undefined) channel.home.line.isDraining = false;
    return true;
  }

  /** The connection of this seat is gone. @returns whether its channel has no other. */
  isLostWith(seat: Seat<Message>): boolean {
    const { channel } = seat;
    if (channel.home === seat && channel.next !== undefined) channel.home = channel.next;
    else if (channel.next !== seat) return channel.home === seat;
    channel.next = undefined;
    return false;
  }

  #drainAll(nowMs: number): number {
    return this.#lines.draining.reduce((count, line) => count + this.#drain(line, nowMs), 0);
  }

  /** Begins to move what can be moved away from a line. @returns how many. */
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
        this.count++;
      } else channel.next = this.#seat(channel, to);
    }
    return count;
  }
}
