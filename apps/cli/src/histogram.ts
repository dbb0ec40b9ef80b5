/**
 * Latencies: percentiles, and a picture of them in text.
 */

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** @param values any order; milliseconds. Zeros where there are none. */
export function percentilesOf(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

const WIDTH = 40;
const ROWS = 8;

/** Bars of equal ranges up to the 99th percentile; what is above is in the last one. */
export function chartOf(values: readonly number[]): string {
  if (values.length === 0) return "";
  const top = Math.max(percentilesOf(values).p99, 0.001);
  const counts = Array.from({ length: ROWS }, () => 0);
  for (const value of values) {
    const row = Math.min(ROWS - 1, Math.floor((value / top) * ROWS));
    counts[row] = (counts[row] ?? 0) + 1;
  }
  const most = Math.max(...counts);
  return counts.map((count, row) => `${((top / ROWS) * (row + 1)).toFixed(2).padStart(9)} ms │${"█".repeat(Math.round((count / most) * WIDTH))} ${count}`).join("\n");
}
