/**
 * `pnpm bench:docs`: puts the results into docs/performance.md as a table and beside it as a picture, and a few of them into the README.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { headlines } from "./headlines.js";
import { plot } from "./plot.js";
import { readResults, table } from "./results.js";

const root = new URL("../../", import.meta.url);
const results = readResults();

/** Replaces what stands between the two comments of a page that hold a table. */
function put(page: string, text: string): void {
  const file = new URL(page, root);
  const replaced = readFileSync(file, "utf8").replace(/(<!-- table[^>]*-->\n)[^]*?(<!-- end of table -->)/, (_, start: string, end: string) => `${start}\n${text}\n\n${end}`);
  writeFileSync(file, replaced);
}

put("docs/performance.md", table(results));
put("README.md", headlines(results));
writeFileSync(new URL("docs/performance.svg", root), plot(results));
