/**
 * What the exchange sends on one connection, spoilt as the faults say.
 *
 * Room: exchange. Snapshots and the ends of texts are spared: that one of them is missing could not be known. What is delayed or held back is bounded: beyond {@link MAX_DELAYED} the reader has to wait, as it would for a slow network.
 */
import type { Clock, Random, Timer } from "@x/errors/clock";
import type { Faults } from "../shared/protocol.js";
import type { Outlet } from "../server/channel.js";
import type { Wire } from "../server/session.js";
import type { Entry } from "../server/tape.js";

const MAX_DELAYED = 2_000;

export interface FaultyOutletOptions {
  readonly wire: Wire;
  readonly faults: () => Faults;
  readonly clock: Clock;
  readonly random: Random;
  /** There is room again. */
  readonly onDrain: () => void;
}

export class FaultyOutlet implements Outlet {
  readonly #options: FaultyOutletOptions;
  readonly #delayed = new Set<Timer>();
  /** By channel: what its successor overtakes. */
  readonly #held = new Map<string, string>();

  constructor(options: FaultyOutletOptions) {
    this.#options = options;
  }

  offer({ text, isSnapshot, isLast }: Entry, channel: string): boolean {
    const { faults, random } = this.#options;
    const { silent, gap, duplicate, reorder } = faults();
    if (silent) return true;
    const held = this.#held.get(channel);
    if (!isSnapshot && !isLast) {
      if (random() < gap) return true;
      if (held === undefined && random() < reorder) {
        this.#held.set(channel, text);
        return true;
      }
    }
    if (!this.#send(text)) return false;
    if (random() < duplicate) this.#send(text);
    if (held !== undefined) this.#send(held);
    this.#held.delete(channel);
    return true;
  }

  close(): void {
    for (const timer of this.#delayed) this.#options.clock.clearTimer(timer);
    this.#delayed.clear();
    this.#held.clear();
  }

  #send(text: string): boolean {
    const { wire, faults, clock, onDrain } = this.#options;
    const { slowMs } = faults();
    if (slowMs === 0 && this.#delayed.size === 0) return wire.trySend(text);
    if (this.#delayed.size >= MAX_DELAYED) return false;
    const timer = clock.setTimer(() => {
      this.#delayed.delete(timer);
      wire.trySend(text);
      if (this.#delayed.size === MAX_DELAYED - 1) onDrain();
    }, slowMs);
    this.#delayed.add(timer);
    return true;
  }
}
