/**
 * Events that were received and not yet taken, bounded.
 *
 * Room: socketio shell. For {@link SimpleClient}.
 */
import type { Clock } from "@x/errors/clock";
import { atLimit } from "../../core/faults.js";
import { type Settle, bounded, type WaitOptions } from "./bounded.js";

/** Name and arguments; where the server wants an acknowledgement, the function that sends it is the last one. */
export type ReceivedEvent = readonly [event: string, ...args: unknown[]];

export interface InboxLimits {
  /** Most events received and not yet taken; one more disconnects. Count; default 10 000. */
  readonly maxReceivedEvents: number;
  /** Most calls of `receive` that wait at once; one more throws. Count; default 1024. */
  readonly maxReceivers: number;
}

export class EventInbox {
  readonly #limits: InboxLimits;
  readonly #clock: Clock;
  #events: ReceivedEvent[] = [];
  #head = 0;
  readonly #receivers = new Set<Settle<ReceivedEvent>>();
  #ending: Error | undefined;

  constructor(limits: InboxLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** @returns `false` when it was full, and the event is lost. */
  add(event: ReceivedEvent): boolean {
    for (const settle of this.#receivers) {
      settle(event);
      return true;
    }
    if (this.#events.length - this.#head >= this.#limits.maxReceivedEvents) return false;
    this.#events.push(event);
    return true;
  }

  /** Nothing will be added; what is there can still be taken. */
  end(error: Error): void {
    this.#ending ??= error;
    for (const settle of this.#receivers) settle(this.#ending);
  }

  /**
   * @throws {SocketIOError} `socketio/too-many-receivers`; {@link TimeoutError}, {@link ConnectionError} as {@link bounded};
   *   the error of {@link end} once there is nothing left.
   */
  async receive(options: WaitOptions): Promise<ReceivedEvent> {
    const { maxReceivers } = this.#limits;
    if (this.#receivers.size >= maxReceivers) throw atLimit("Cannot receive: too many calls wait already", "socketio/too-many-receivers", "maxReceivers", maxReceivers);
    return await bounded(this.#clock, options, "receive", (settle) => {
      const event = this.#take();
      if (event !== undefined) settle(event);
      else if (this.#ending !== undefined) settle(this.#ending);
      else this.#receivers.add(settle);
      return () => void this.#receivers.delete(settle);
    });
  }

  #take(): ReceivedEvent | undefined {
    const event = this.#events[this.#head];
    if (event === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 >= this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }
}
