/**
 * `pnpm bench:docs`: puts the table of the results into docs/performance.md, and their picture beside it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { plot } from "./plot.js";
import { readResults, table } from "./results.js";

const docs = new URL("../../docs/", import.meta.url);
const file = new URL("performance.md", docs);
const results = readResults();
const replaced = readFileSync(file, "utf8").replace(/(<!-- table[^>]*-->\n)[^]*?(<!-- end of table -->)/, (_, start: string, end: string) => `${start}\n${table(results)}\n\n${end}`);
writeFileSync(file, replaced);
writeFileSync(new URL("performance.svg", docs), plot(results));
