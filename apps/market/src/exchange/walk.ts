/**
 * The price of one instrument: a random walk that is drawn back to where it began, so that it stays plausible for days.
 *
 * Room: exchange. Random numbers come in, so that a seed tells the whole day.
 */
import type { Random } from "@x/errors/clock";
import { limits } from "../shared/limits.js";
import type { Instrument } from "../shared/symbols.js";

/** Part of the way back home that one step goes. */
const PULL = 0.0004;
/** Half of the spread, as a part of the price. */
const HALF_SPREAD = 0.0003;

export interface Price {
  readonly timeMs: number;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly open: number;
}

export class Walk {
  readonly #instrument: Instrument;
  readonly #random: Random;
  readonly #history: [timeMs: number, price: number][] = [];
  #exact: number;
  #price: Price;

  constructor(instrument: Instrument, random: Random, timeMs: number) {
    this.#instrument = instrument;
    this.#random = random;
    this.#exact = instrument.price;
    this.#price = this.#quote(timeMs, instrument.price);
    this.#remember();
  }

  get price(): Price {
    return this.#price;
  }

  /** Time and price, oldest first. A copy. */
  get history(): [timeMs: number, price: number][] {
    return [...this.#history];
  }

  /** One step in time. @returns the trade, if there was one. */
  step(timeMs: number): Price | undefined {
    const { price: home, volatility, liquidity } = this.#instrument;
    this.#exact *= 1 + volatility * this.#normal() + PULL * Math.log(home / this.#exact);
    if (this.#random() >= liquidity) return undefined;
    this.#price = this.#quote(timeMs, this.#price.open);
    this.#remember();
    return this.#price;
  }

  #quote(timeMs: number, open: number): Price {
    const half = this.#exact * HALF_SPREAD * (0.5 + this.#random());
    const unit = 10 ** -this.#instrument.decimals;
    const bid = this.#rounded(this.#exact - half);
    const ask = Math.max(this.#rounded(bid + unit), this.#rounded(this.#exact + half)); // never crossed, never the same
    return { timeMs, last: this.#random() < 0.5 ? bid : ask, bid, ask, open };
  }

  #remember(): void {
    this.#history.push([this.#price.timeMs, this.#price.last]);
    if (this.#history.length > limits.historyPoints) this.#history.shift();
  }

  #rounded(value: number): number {
    return Number(value.toFixed(this.#instrument.decimals));
  }

  /** Box–Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
