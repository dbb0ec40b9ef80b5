import { expect, test } from "vitest";
import { plot } from "./plot.js";
import type { Results } from "./results.js";

const row = (of: string, to: string, median: number): Results[string] => ({ title: "", effort: "quick", node: "", ratios: [{ of, to, median, q1: median * 0.9, q3: median * 1.1, rounds: [median] }] as Results[string]["ratios"] });

test("plot() draws one line per ratio that has a goal and was measured, and no times", () => {
  const svg = plot({
    "heap-ws": row("@x/simple-ws", "ws", 0.5),
    "handshake-ws-16": row("@x/simple-ws", "ws", 1.2),
    "noise": row("ws again", "ws", 1),
    "upgrade-time": row("@x/engineio", "1 ms", 2),
  });
  expect(svg.match(/<circle class="(met|missed)"/g)).toEqual(['<circle class="missed"', '<circle class="met"']);
  expect(svg).toContain("G13  heap per idle connection: ws ÷ ws");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("plot() keeps what is off its scale within the picture", () => {
  const places = [0.0001, 1_000].map((median) => Number(/cx="([\d.]+)"/.exec(plot({ "heap-ws": row("@x/simple-ws", "ws", median) }))?.[1]));
  expect(places[0]).toBeGreaterThan(400);
  expect(places[1]).toBeLessThanOrEqual(960);
});
