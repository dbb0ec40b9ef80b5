/**
 * The latest of each instrument that is watched, and its last prices.
 *
 * Room: market. What the terminal and the page show; both ask for it when they paint, not when a message comes.
 */
import { ticksChannel } from "../shared/channels.js";
import { limits } from "../shared/limits.js";
import type { Message } from "../shared/protocol.js";
import { instrumentOf } from "../shared/symbols.js";
import type { Subscription } from "./channels.js";
import type { ChannelReader } from "./reader.js";

export interface Quote {
  readonly symbol: string;
  readonly name: string;
  readonly decimals: number;
  readonly timeMs: number;
  readonly last: number;
  readonly bid: number;
  readonly ask: number;
  readonly open: number;
  /** Of the last minutes, oldest first; grows until the next snapshot. */
  readonly times: readonly number[];
  readonly prices: readonly number[];
}

type Growing = { -readonly [Name in keyof Quote]: Quote[Name] } & { readonly times: number[]; readonly prices: number[] };

/** @param onQuote is called after each change, with the same object. @returns how to stop. */
export function watchQuote(reader: ChannelReader, symbol: string, onQuote: (quote: Quote) => void, onRefused: (error: Error) => void = () => undefined): Subscription {
  const { name = symbol, decimals = 2 } = instrumentOf(symbol) ?? {};
  const quote: Growing = { symbol, name, decimals, timeMs: 0, last: 0, bid: 0, ask: 0, open: 0, times: [], prices: [] };
  return reader.read(ticksChannel(symbol), {
    onMessage: (message) => {
      if (apply(quote, message)) onQuote(quote);
    },
    onRefused,
  });
}

function apply(quote: Growing, message: Message): boolean {
  if (message.type !== "snapshot" && message.type !== "tick") return false;
  const { timeMs, last, bid, ask, open } = message;
  Object.assign(quote, { timeMs, last, bid, ask, open });
  if (message.type === "snapshot") {
    quote.times.splice(0, Infinity, ...message.history.map(([time]) => time));
    quote.prices.splice(0, Infinity, ...message.history.map(([, price]) => price));
    return true;
  }
  quote.times.push(timeMs);
  quote.prices.push(last);
  const surplus = quote.times.length - limits.historyPoints;
  if (surplus > 0) for (const list of [quote.times, quote.prices]) list.splice(0, surplus);
  return true;
}
