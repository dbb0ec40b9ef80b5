/**
 * `market watch`: a board on a terminal, lines in a pipe.
 *
 * Room: terminal. Lines are tab-separated: time, symbol, last, bid, ask, change. What happens to the connection goes to stderr.
 */
import { type Clock, systemClock, type Timer } from "@x/errors/clock";
import { type Quote, watchQuote } from "../market/quotes.js";
import type { ChannelReader } from "../market/reader.js";
import { changeOf, headerLine, quoteLine } from "./board.js";
import { tellState } from "./connection.js";
import { painter, type Streams } from "./streams.js";

const PAINT_MS = 125;
const DEFAULT_COLUMNS = 80;

export interface WatchOptions {
  readonly reader: ChannelReader;
  readonly symbols: readonly string[];
  /** Ends after so many quotes. */
  readonly count: number;
  readonly signal: AbortSignal;
  readonly streams: Streams;
  readonly clock?: Clock;
}

/** @returns when it is over: `count` quotes were shown, or `signal` was aborted. @throws {Error} the server refuses, or is none. */
export async function watch(options: WatchOptions): Promise<void> {
  const { reader, streams } = options;
  const view = streams.stdout.isTTY === true ? new Board(options) : new Lines(streams);
  const stopTelling = streams.stdout.isTTY === true ? () => undefined : tellState(reader, streams); // the board shows it
  try {
    await quotesShown(options, view);
  } finally {
    stopTelling();
    view.end();
  }
}

function quotesShown({ reader, symbols, count, signal }: WatchOptions, view: Board | Lines): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = count;
    const watched = symbols.map((symbol) => watchQuote(reader, symbol, (quote) => {
      if (left <= 0) return;
      view.show(quote);
      if (--left <= 0) end();
    }, (error) => {
      reject(error);
      end();
    }));
    const end = (): void => {
      signal.removeEventListener("abort", end);
      for (const one of watched) one.close();
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end);
  });
}

class Lines {
  readonly #streams: Streams;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  show(quote: Quote): void {
    const { timeMs, symbol, last, bid, ask, decimals } = quote;
    const fields = [new Date(timeMs).toISOString(), symbol, ...[last, bid, ask].map((price) => price.toFixed(decimals)), changeOf(quote)];
    this.#streams.stdout.write(`${fields.join("\t")}\n`);
  }

  end(): void {
    // every line was whole
  }
}

/** Painted over itself, at most eight times a second. */
class Board {
  readonly #options: WatchOptions;
  readonly #clock: Clock;
  readonly #quotes = new Map<string, Quote>();
  #timer: Timer | undefined;
  #rows = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#paint();
  }

  show(quote: Quote): void {
    this.#quotes.set(quote.symbol, quote);
  }

  end(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#draw();
  }

  #paint(): void {
    this.#draw();
    this.#timer = this.#clock.setTimer(() => this.#paint(), PAINT_MS);
  }

  #draw(): void {
    const { reader, symbols, streams } = this.#options;
    const columns = streams.stdout.columns ?? DEFAULT_COLUMNS;
    const paint = painter(streams);
    const rows = [headerLine(reader, paint), ...symbols.map((symbol) => {
      const quote = this.#quotes.get(symbol);
      return quote === undefined ? `${symbol.padEnd(5)} …` : quoteLine(quote, columns, paint);
    })];
    const up = this.#rows === 0 ? "" : `\u001b[${this.#rows}A`;
    this.#rows = rows.length;
    streams.stdout.write(`${up}${rows.map((row) => `\r${row}\u001b[K\n`).join("")}`);
  }
}
