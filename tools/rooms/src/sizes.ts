/** Budgets of the client entries, and the table that check-size prints. */
import type { Size } from "./bundle.js";

export interface Budget {
  readonly entry: string;
  /** Most bytes minified and gzipped; 1 kB is 1000 bytes. `undefined` is only reported. */
  readonly maxGzipBytes: number | undefined;
  /** Where the size should get to; until then the budget holds the line just above what is. */
  readonly aimGzipBytes?: number;
}

/** What a page pays for each client, with everything that it pulls in. No change may make it pay more unnoticed. */
export const budgets: readonly Budget[] = [
  { entry: "@x/simple-ws/client", maxGzipBytes: 4730, aimGzipBytes: 3000 },
  { entry: "@x/simple-ws/app", maxGzipBytes: 6330 },
  { entry: "@x/engineio/client", maxGzipBytes: 11_770, aimGzipBytes: 6000 },
  { entry: "@x/engineio/resilient", maxGzipBytes: 13_550 },
  { entry: "@x/socketio/client", maxGzipBytes: 20_530, aimGzipBytes: 10_000 }, // recovery, retries, functions per attempt, codecs: 2 kB
  { entry: "@x/socketio/simple-client", maxGzipBytes: 21_450 },
  { entry: "@x/errors/simple-ws", maxGzipBytes: undefined },
  { entry: "@x/wsframe", maxGzipBytes: undefined },
  { entry: "@x/pool", maxGzipBytes: undefined },
  { entry: "@x/pool/resilient", maxGzipBytes: 19_000 },
  { entry: "@x/pool/channels", maxGzipBytes: 26_000 },
];

export interface SizeRow extends Budget, Size {
  readonly isWithin: boolean;
}

export function sizeRow(budget: Budget, size: Size): SizeRow {
  return { ...budget, ...size, isWithin: budget.maxGzipBytes === undefined || size.gzipBytes <= budget.maxGzipBytes };
}

/** Aligned columns, one line per entry. */
export function formatSizes(rows: readonly SizeRow[]): string {
  const cells = rows.map(({ entry, minifiedBytes, gzipBytes, maxGzipBytes, aimGzipBytes, isWithin }) => [
    entry, ...[minifiedBytes, gzipBytes, maxGzipBytes, aimGzipBytes].map(kilobytes), isWithin ? "ok" : "TOO BIG",
  ]);
  const table = [["entry", "min", "min+gzip", "budget", "aim", ""], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ").trimEnd()).join("\n");
}

function kilobytes(bytes: number | undefined): string {
  return bytes === undefined ? "–" : `${(bytes / 1000).toFixed(2)} kB`;
}
