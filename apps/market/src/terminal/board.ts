/**
 * Quotes as lines for a screen: a header, and for each instrument its price, change and the shape of its last minutes.
 *
 * Room: terminal. Knows no terminal: text in, text out.
 */
import type { Quote } from "../market/quotes.js";
import type { Counts, LinkState } from "../shared/protocol.js";

const BLOCKS = "▁▂▃▄▅▆▇█";
const GREEN = 32;
const RED = 31;
const YELLOW = 33;
const DIM = 2;

export type Paint = (code: number, text: string) => string;

/** Heights of the values between their least and greatest, the last of them at the right. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const level = (value: number): string => BLOCKS[most === least ? 3 : Math.round(((value - least) / (most - least)) * (BLOCKS.length - 1))] ?? "";
  return shown.map(level).join("").padStart(width);
}

/** @returns a percentage with its sign. */
export function changeOf({ last, open }: Pick<Quote, "last" | "open">): string {
  const percent = ((last - open) / open) * 100;
  return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(2)} %`;
}

export function headerLine({ state, problem, counts }: { readonly state: LinkState; readonly problem: string | undefined; readonly counts: Counts }, paint: Paint): string {
  const { connections, reconnects, gaps, duplicates, messages } = counts;
  const colors: Readonly<Record<LinkState, number>> = { open: GREEN, connecting: YELLOW, lost: RED, closed: DIM };
  return `${paint(colors[state], `● ${state.padEnd(10)}`)} ${paint(DIM, problem ?? `sockets ${connections}   messages ${messages}   reconnects ${reconnects}   gaps mended ${gaps}   duplicates ${duplicates}`)}`;
}

export function quoteLine(quote: Quote, columns: number, paint: Paint): string {
  const { symbol, name, last, bid, ask, open, decimals, prices } = quote;
  const change = changeOf(quote).padStart(9);
  const numbers = `${symbol.padEnd(5)} ${last.toFixed(decimals).padStart(9)} ${paint(last < open ? RED : GREEN, change)}`;
  const spread = `${bid.toFixed(decimals).padStart(9)} ${ask.toFixed(decimals).padStart(9)}`;
  const room = columns - 5 - 1 - 9 - 1 - 9 - 2;
  if (room < 12) return numbers;
  if (room < 50) return `${numbers}  ${paint(last < open ? RED : GREEN, sparkline(prices, Math.min(room, 30)))}`;
  return `${numbers}  ${spread}  ${paint(last < open ? RED : GREEN, sparkline(prices, Math.min(40, room - 22 - 18)))}  ${paint(DIM, name.slice(0, 18))}`;
}
