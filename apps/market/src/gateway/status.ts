/**
 * The gateway's own channel: how it is connected to the exchange, what it has seen, and which faults are on.
 *
 * Room: gateway. Told when something changes, at most once a step; and it is always the latest that counts.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { STATUS_CHANNEL } from "../shared/channels.js";
import type { Faults, Status } from "../shared/protocol.js";
import type { Feed, Publish } from "../server/channel.js";
import type { ChannelReader } from "../market/reader.js";

const STEP_MS = 250;

export interface StatusSource {
  readonly reader: ChannelReader;
  readonly faults: () => Faults;
  readonly clock: Clock;
}

export class StatusFeed implements Feed {
  readonly #source: StatusSource;
  readonly #publish: Publish;
  #position = 0;
  #told = "";
  #timer: Timer | undefined;

  constructor(source: StatusSource, publish: Publish) {
    this.#source = source;
    this.#publish = publish;
  }

  snapshot(): Status {
    const { reader, faults } = this.#source;
    return { type: "status", channel: STATUS_CHANNEL, position: this.#position, state: reader.state, counts: reader.counts, faults: faults() };
  }

  setActive(isActive: boolean): void {
    this.close();
    if (isActive) this.#schedule();
  }

  close(): void {
    if (this.#timer !== undefined) this.#source.clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    this.#timer = this.#source.clock.setTimer(() => {
      const status = this.snapshot();
      const told = JSON.stringify({ ...status, position: undefined });
      if (told !== this.#told) this.#publish({ ...status, position: ++this.#position });
      this.#told = told;
      this.#schedule();
    }, STEP_MS);
  }
}
