/**
 * What the exchange sends on one connection, spoilt as the faults say.
 *
 * Room: exchange. Snapshots and the ends of texts are spared: that one of them is missing could not be known. What is delayed or held
 * back is bounded: beyond {@link MAX_DELAYED} the reader has to wait, as it would for a slow network.
 */
import type { Clock, Random, Timer } from "@x/errors/clock";
import type { Faults } from "../shared/protocol.js";
import type { Outlet } from "../server/channel.js";
import type { Wire } from "../server/session.js";
import type { Entry } from "../server/tape.js";

export const MAX_DELAYED = 2_000;

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
  /** In order, also of their times: what is late stays in line. */
  readonly #delayed: { readonly text: string; readonly dueMs: number }[] = [];
  #timer: Timer | undefined;
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
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
    this.#delayed.length = 0;
    this.#held.clear();
  }

  #send(text: string): boolean {
    const { wire, faults, clock } = this.#options;
    const { slowMs } = faults();
    if (slowMs === 0 && this.#delayed.length === 0) return wire.trySend(text);
    if (this.#delayed.length >= MAX_DELAYED) return false;
    this.#delayed.push({ text, dueMs: Math.max(clock.now() + slowMs, this.#delayed.at(-1)?.dueMs ?? 0) });
    this.#arm();
    return true;
  }

  #arm(): void {
    const { clock } = this.#options;
    const [next] = this.#delayed;
    if (next !== undefined) this.#timer ??= clock.setTimer(() => this.#release(), next.dueMs - clock.now());
  }

  #release(): void {
    const { wire, clock, onDrain } = this.#options;
    const wasFull = this.#delayed.length >= MAX_DELAYED;
    this.#timer = undefined;
    for (let next = this.#delayed[0]; next !== undefined && next.dueMs <= clock.now(); next = this.#delayed[0]) {
      this.#delayed.shift();
      wire.trySend(next.text); // what a congested reader does not take is missing, and asked for again
    }
    this.#arm();
    if (wasFull) onDrain();
  }
}
