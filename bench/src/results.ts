/**
 * Results as a file and as a table. Ratios only: absolute times say more about a machine than about a library.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RatioResult } from "./measure.js";
import { ROWS } from "./rows.js";

export interface RowResult {
  readonly title: string;
  readonly effort: "full" | "quick";
  readonly node: string;
  readonly ratios: readonly RatioResult[];
}
/** By row id. */
export type Results = Record<string, RowResult>;

const FILE = fileURLToPath(new URL("../results/latest.json", import.meta.url));

export function readResults(): Results {
  try {
    return JSON.parse(readFileSync(FILE, "utf8")) as Results;
  } catch {
    return {};
  }
}

/** The results of the last commit, to compare with. */
export function committedResults(): Results {
  try {
    return JSON.parse(execFileSync("git", ["show", "HEAD:./results/latest.json"], { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as Results;
  } catch {
    return {};
  }
}

/** Adds rows to the file; those that were not measured stay as they are. */
export function writeResults(measured: Results): void {
  const all: Results = { ...readResults(), ...measured };
  const inOrder = Object.fromEntries(ROWS.flatMap(({ id }) => (all[id] === undefined ? [] : [[id, all[id]]])));
  writeFileSync(FILE, `${JSON.stringify(inOrder, undefined, 1)}\n`);
}

/** A Markdown table: one line per ratio. */
export function table(results: Results): string {
  const lines = ROWS.flatMap((row) => (results[row.id]?.ratios ?? []).map((ratio) => {
    const goal = row.ratios.find(({ of, to }) => of === ratio.of && to === ratio.to)?.goal;
    const [id, wanted, moonshot] = goal ?? ["", undefined, undefined];
    return [row.title, `${ratio.of} ÷ ${ratio.to}`, show(ratio.median), `${show(ratio.q1)}–${show(ratio.q3)}`, id, show(wanted), show(moonshot), verdict(ratio.median, wanted, moonshot)];
  }));
  const header = ["row", "ratio", "median", "middle half", "goal", "", "beyond", ""];
  return [header, header.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function verdict(median: number, goal: number | undefined, moonshot: number | undefined): string {
  if (goal === undefined || moonshot === undefined) return "";
  return median <= moonshot ? "beyond" : median <= goal ? "met" : "missed";
}

export function show(value: number | undefined): string {
  return value === undefined ? "" : value < 0.1 ? value.toFixed(3) : value.toFixed(2);
}
