/**
 * `pnpm bench:docs`: puts the table of the results into docs/performance.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { readResults, table } from "./results.js";

const file = new URL("../../docs/performance.md", import.meta.url);
const page = readFileSync(file, "utf8");
const replaced = page.replace(/(<!-- table[^>]*-->\n)[^]*?(<!-- end of table -->)/, (_, start: string, end: string) => `${start}\n${table(readResults())}\n\n${end}`);
writeFileSync(file, replaced);
