/**
 * The lines of a channel pool: opened when channels need them, closed when none is left. Room: pool core.
 *
 * A line counts until it is gone, because a socket is a socket until it is closed.
 */
import { Line, type Seat } from "./channel.js";
import type { ChannelLimits } from "./options.js";
import { dispensable, roomiest, target } from "./packing.js";

export interface LinesSink<Message> {
  open(line: Line<Message>): void;
  close(line: Line<Message>): void;
}

export class Lines<Message> {
  readonly #limits: ChannelLimits;
  readonly #sink: LinesSink<Message>;
  readonly #lines = new Set<Line<Message>>();
  #opened = 0;

  constructor(limits: ChannelLimits, sink: LinesSink<Message>) {
    this.#limits = limits;
    this.#sink = sink;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Places that will be there when lines that are closing are gone. */
  get freeing(): number {
    let closing = 0;
    for (const { phase } of this.#lines) if (phase === "closing") closing++;
    return closing === 0 ? 0 : closing * this.#limits.maxChannelsPerConnection;
  }

  /** When {@link closeIdle} has something to close. */
  get deadlineMs(): number {
    let earliestMs = Infinity;
    for (const line of this.#lines) earliestMs = Math.min(earliestMs, this.#idleDeadlineMs(line));
    return earliestMs;
  }

  /** Those that are being emptied. */
  get draining(): readonly Line<Message>[] {
    return [...this.#lines].filter(({ isDraining, phase }) => isDraining && phase !== "closing");
  }

  /** @returns the line that the next channel goes to, opened if need be; `undefined` where all are full. */
  place(): Line<Message> | undefined {
    const { maxChannelsPerConnection, maxConnections } = this.#limits;
    const found = roomiest(this.#lines, maxChannelsPerConnection);
    if (found !== undefined) {
      found.isDraining = false;
      return found;
    }
    if (this.#lines.size >= maxConnections) return undefined;
    const line = new Line<Message>((this.#opened += 1));
    this.#lines.add(line);
    this.#sink.open(line);
    return line;
  }

  /** @returns the line that a channel can be moved to. */
  target(): Line<Message> | undefined {
    return target(this.#lines, this.#limits.maxChannelsPerConnection);
  }

  /** Begins to empty the line that the others can do without, if they are then full to no more than `fill`. @returns whether there was one. */
  drainOne(fill: number): boolean {
    const line = dispensable(this.#lines, this.#limits.maxChannelsPerConnection, fill);
    if (line !== undefined) line.isDraining = true;
    return line !== undefined;
  }

  /** @returns false when it was gone already. */
  delete(line: Line<Message>): boolean {
    return this.#lines.delete(line);
  }

  closeIdle(nowMs: number): void {
    for (const line of [...this.#lines]) if (this.#idleDeadlineMs(line) <= nowMs) this.#close(line);
  }

  /** Closes all. @param vacate what becomes of their seats first. */
  close(vacate: (line: Line<Message>, seats: readonly Seat<Message>[]) => void): void {
    for (const line of [...this.#lines]) {
      vacate(line, [...line.seats]);
      if (line.phase !== "closing") this.#close(line);
    }
  }

  /** When a line that has no channels is closed: at once, if it was emptied. */
  #idleDeadlineMs({ phase, isDraining, idleSinceMs }: Line<Message>): number {
    if (phase === "closing") return Infinity;
    return isDraining ? idleSinceMs : idleSinceMs + this.#limits.idleTimeoutMs;
  }

  #close(line: Line<Message>): void {
    line.phase = "closing";
    this.#sink.close(line);
  }
}
