/**
 * Results as a picture: one line per goal, on a logarithmic scale. Readable on light and dark pages; text stays text.
 */
import type { Results } from "./results.js";
import { ROWS } from "./rows.js";

interface Mark {
  readonly label: string;
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly goal: number;
  readonly moonshot: number;
}

const WIDTH = 960;
const LABELS = 470;
const LINE = 20;
const TOP = 56;
const LEAST = 0.04;
const MOST = 4;
const TICKS = [0.05, 0.1, 0.2, 0.5, 1, 2, 4];

const STYLE = `
svg { font: 12px system-ui, sans-serif; }
text { fill: #1f2328; } .grid { stroke: #d0d7de; } .one { stroke: #57606a; } .spread { stroke: #0969da; stroke-width: 4; stroke-linecap: round; opacity: .45; }
.met { fill: #0969da; } .missed { fill: #cf222e; } .goal { stroke: #1a7f37; stroke-width: 2; } .moonshot { stroke: #8250df; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .grid { stroke: #30363d; } .one { stroke: #8b949e; } .spread { stroke: #58a6ff; }
  .met { fill: #58a6ff; } .missed { fill: #ff7b72; } .goal { stroke: #3fb950; } .moonshot { stroke: #bc8cff; }
}`;

/** An SVG document of all ratios that have a goal, in the order of the rows. Times are no ratios and are left out. */
export function plot(results: Results): string {
  const marks = marksOf(results);
  const height = TOP + marks.length * LINE + 12;
  const grid = TICKS.map((tick) => `<line class="${tick === 1 ? "one" : "grid"}" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP - 8}" y2="${height - 12}"/><text x="${x(tick)}" y="${TOP - 14}" text-anchor="middle">${tick}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Cost of ours divided by that of peers; less is better">`,
    `<style>${STYLE}</style>`,
    `<text x="8" y="20">Ours ÷ theirs, less is better: dot = median, bar = middle half of all rounds; green = goal, violet = beyond.</text>`,
    ...grid,
    ...marks.map(drawn),
    "</svg>",
    "",
  ].join("\n");
}

function marksOf(results: Results): Mark[] {
  return ROWS.flatMap((row) => row.ratios.flatMap(({ of, to, goal }): Mark[] => {
    const found = results[row.id]?.ratios.find((ratio) => ratio.of === of && ratio.to === to);
    if (goal === undefined || found === undefined || to === "1 ms") return [];
    const [id, wanted, moonshot] = goal;
    return [{ label: `${id}  ${row.title} ÷ ${to}`, median: found.median, q1: found.q1, q3: found.q3, goal: wanted, moonshot }];
  }));
}

function drawn({ label, median, q1, q3, goal, moonshot }: Mark, index: number): string {
  const y = TOP + index * LINE + LINE / 2;
  const tick = (kind: string, value: number): string => `<line class="${kind}" x1="${x(value)}" x2="${x(value)}" y1="${y - 6}" y2="${y + 6}"/>`;
  return [
    `<text x="${LABELS - 12}" y="${y + 4}" text-anchor="end">${escaped(label)}</text>`,
    tick("goal", goal),
    tick("moonshot", moonshot),
    `<line class="spread" x1="${x(q1)}" x2="${x(q3)}" y1="${y}" y2="${y}"/>`,
    `<circle class="${median <= goal ? "met" : "missed"}" cx="${x(median)}" cy="${y}" r="4"><title>${median.toFixed(3)}</title></circle>`,
  ].join("");
}

/** What is off the scale stands at its end. */
function x(ratio: number): number {
  const share = Math.log(Math.min(Math.max(ratio, LEAST), MOST) / LEAST) / Math.log(MOST / LEAST);
  return Number((LABELS + share * (WIDTH - LABELS - 20)).toFixed(1));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
