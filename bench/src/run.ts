/**
 * `pnpm bench [-- --only <part of a row's id>[,…]] [--quick] [--list] [--no-save] [--profile <folder>]`
 *
 * Runs the packages' builds. `--profile` writes a CPU profile of each process under test.
 */
import { parseArgs } from "node:util";
import { FULL, QUICK, measure, ratiosOf } from "./measure.js";
import { table, writeResults, type Results } from "./results.js";
import { ROWS, type Row } from "./rows.js";
import { spread } from "./statistics.js";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    "no-save": { type: "boolean", default: false },
    profile: { type: "string" },
  },
});
const wanted = values.only?.split(",");
const rows = ROWS.filter(({ id }) => wanted === undefined || wanted.some((part) => id.includes(part)));
if (values.list) {
  for (const row of ROWS) console.log(`${row.id.padEnd(24)} ${row.title}`);
  process.exit(0);
}

const UNITS: Readonly<Partial<Record<Row["kind"], string>>> = { "heap": "bytes each", "upgrade-time": "ms", "storm": "% of all attempts" };
const options = { profileInto: values.profile };
const results: Results = {};
for (const row of rows) {
  try {
    const costs = await measure(row, values.quick ? QUICK : FULL, options);
    const ratios = ratiosOf(row, costs);
    results[row.id] = { title: row.title, effort: values.quick ? "quick" : "full", node: process.version, ratios };
    const shown = Object.entries(costs).map(([name, cost]) => `${name} ${spread(cost).median.toFixed(2)}`);
    console.log(`${row.id}: ${shown.join(", ")} (${UNITS[row.kind] ?? "µs of CPU each"})`);
    for (const { of, to, median, q1, q3 } of ratios) console.log(`    ${of} ÷ ${to} = ${median.toFixed(3)} (${q1.toFixed(3)}–${q3.toFixed(3)})`);
  } catch (error) {
    console.error(`${row.id}: not measured:`, error);
    process.exitCode = 1;
  }
}
console.log(`\n${table(results)}`);
if (!values["no-save"]) writeResults(results);
