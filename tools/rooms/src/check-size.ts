/**
 * check-size: min+gzip of the built client entries against their budgets; writes reports/sizes.json, exits 1 over budget.
 *
 * Needs the packages built.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sizeOf } from "./bundle.js";
import { budgets, formatSizes, sizeRow, type SizeRow } from "./sizes.js";

const here = dirname(fileURLToPath(import.meta.url));
const reports = resolve(here, "../reports");

const rows: SizeRow[] = [];
for (const budget of budgets) rows.push(sizeRow(budget, await sizeOf(budget.entry, here)));
mkdirSync(reports, { recursive: true });
writeFileSync(resolve(reports, "sizes.json"), `${JSON.stringify(rows, undefined, 2)}\n`);
console.log(formatSizes(rows));
const tooBig = rows.filter(({ isWithin }) => !isWithin);
if (tooBig.length > 0) {
  console.error(`\nsize: over budget: ${tooBig.map(({ entry }) => entry).join(", ")}. Look at what the bundle pulls in (esbuild --analyze), or argue for a new budget in tools/rooms/src/sizes.ts.`);
  process.exitCode = 1;
}
