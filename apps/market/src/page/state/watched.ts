/** Which instruments have a chart: chosen by the user, kept in the browser. Room: page/state. */
import { useState } from "react";
import { instruments } from "../../shared/symbols.js";

const KEY = "market-watched";
const FIRST: readonly string[] = ["AMBR", "CORV", "KELP", "ONYX"];

/** @returns the symbols in the exchange's order, and how to add or remove one. */
export function useWatched(): readonly [symbols: readonly string[], toggle: (symbol: string) => void] {
  const [watched, setWatched] = useState<ReadonlySet<string>>(read);
  const toggle = (symbol: string): void => {
    const next = new Set(watched);
    if (!next.delete(symbol)) next.add(symbol);
    keep(next);
    setWatched(next);
  };
  return [instruments.map(({ symbol }) => symbol).filter((symbol) => watched.has(symbol)), toggle];
}

function read(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    return new Set(Array.isArray(kept) ? kept.filter((symbol) => typeof symbol === "string") : FIRST);
  } catch {
    return new Set(FIRST); // forbidden, or not ours
  }
}

function keep(symbols: ReadonlySet<string>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...symbols]));
  } catch {
    // storage is forbidden: the choice lasts as long as the page
  }
}
