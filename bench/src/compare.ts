/**
 * `pnpm bench:compare`: the results on disk against those of the last commit. Fails when a ratio got worse by more than the noise.
 */
import { committedResults, readResults, show } from "./results.js";

/** What an A/A run shows: ±10 %, and ±30 % where a message is 64 KiB. */
const TOLERANCE = 1.1;
const TOLERANCE_LARGE = 1.3;

const before = committedResults();
let worse = 0;
for (const [id, row] of Object.entries(readResults())) {
  for (const { of, to, median } of row.ratios) {
    const old = before[id]?.ratios.find((ratio) => ratio.of === of && ratio.to === to)?.median;
    if (old === undefined) continue;
    const isWorse = id !== "noise" && of.startsWith("@x/") && median > old * (id.includes("64k") ? TOLERANCE_LARGE : TOLERANCE);
    if (isWorse) worse += 1;
    console.log(`${isWorse ? "WORSE " : "      "}${row.title}: ${of} ÷ ${to} ${show(old)} → ${show(median)}`);
  }
}
console.log(worse === 0 ? "Nothing is worse than the noise." : `${worse} ratios are worse.`);
process.exitCode = worse === 0 ? 0 : 1;
