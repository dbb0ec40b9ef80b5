/**
 * The simulated market: all instruments, one step at a time.
 *
 * Room: exchange. Positions begin with the time of the start in milliseconds, so that they go on growing when the program is started again.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { parseChannel } from "../shared/channels.js";
import type { Snapshot, Tick } from "../shared/protocol.js";
import { instruments } from "../shared/symbols.js";
import type { Feed, OpenFeed, Publish } from "../server/channel.js";
import { seeded, seedOf } from "./random.js";
import { type Price, Walk } from "./walk.js";

/** Milliseconds of one step. */
export const STEP_MS = 100;
/** Steps that lie before the start, so that charts begin with a past. */
const PAST_STEPS = 900;

export interface MarketOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly seed: number;
}

interface Listing {
  readonly channel: string;
  readonly walk: Walk;
  position: number;
  publish: Publish | undefined;
}

export class Market {
  readonly #options: MarketOptions;
  readonly #listings: ReadonlyMap<string, Listing>;
  #timer: Timer | undefined;

  constructor(options: MarketOptions) {
    this.#options = options;
    const startMs = options.epochMs();
    this.#listings = new Map(instruments.map((instrument) => {
      const { symbol } = instrument;
      const walk = new Walk(instrument, seeded(seedOf(symbol) ^ options.seed), startMs - PAST_STEPS * STEP_MS);
      for (let step = 1; step < PAST_STEPS; step++) walk.step(startMs - (PAST_STEPS - step) * STEP_MS);
      return [symbol, { channel: `ticks:${symbol}`, walk, position: startMs, publish: undefined }];
    }));
    this.#schedule();
  }

  /** One feed of a symbol at a time: the hub shares it among its readers. */
  readonly open: OpenFeed = (name, publish): Feed | undefined => {
    const channel = parseChannel(name);
    const listing = channel?.kind === "ticks" ? this.#listings.get(channel.symbol) : undefined;
    if (listing === undefined) return undefined;
    listing.publish = publish;
    return {
      snapshot: () => snapshotOf(listing),
      close: () => (listing.publish = undefined),
    };
  };

  close(): void {
    if (this.#timer !== undefined) this.#options.clock.clearTimer(this.#timer);
  }

  #schedule(): void {
    this.#timer = this.#options.clock.setTimer(() => {
      this.#step();
      this.#schedule();
    }, STEP_MS);
  }

  #step(): void {
    const timeMs = this.#options.epochMs();
    for (const listing of this.#listings.values()) {
      const price = listing.walk.step(timeMs);
      if (price === undefined) continue;
      listing.position++;
      listing.publish?.(tickOf(listing, price));
    }
  }
}

function tickOf({ channel, position }: Listing, price: Price): Tick {
  return { type: "tick", channel, position, ...price };
}

function snapshotOf({ channel, position, walk }: Listing): Snapshot {
  return { type: "snapshot", channel, position, ...walk.price, history: walk.history };
}
