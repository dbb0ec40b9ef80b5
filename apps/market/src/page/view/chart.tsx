/**
 * A price over time, drawn by uPlot.
 *
 * Room: page/view. Colours are the style sheet's, asked for at each drawing, so that a change of theme needs nothing here.
 */
import { type ReactNode, useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Quote } from "../../market/quotes.js";

const HEIGHT = 168;
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- the declared enum has no values at run time
const RIGHT: uPlot.Axis.Side = 1;

function optionsOf(host: HTMLElement, decimals: number): uPlot.Options {
  const color = (name: string) => (): string => getComputedStyle(host).getPropertyValue(name);
  const axis = { stroke: color("--chart-ink"), grid: { stroke: color("--chart-grid"), width: 1 }, ticks: { show: false }, font: "11px Instrument Sans Variable, system-ui, sans-serif" };
  return {
    width: host.clientWidth, height: HEIGHT, ms: 1, padding: [8, 4, 0, 12],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { y: { range: (_, least, most) => uPlot.rangeNum(least, most, 0.12, true) } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, splits) => splits.map((timeMs) => timeOf(timeMs)) },
      { ...axis, side: RIGHT, size: 58, space: 34, values: (_, splits) => splits.map((price) => price.toFixed(decimals)) },
    ],
    series: [
      {},
      { stroke: color("--chart-line"), fill: color("--chart-fill"), width: 1.75, points: { show: false }, ...stepped() },
    ],
  };
}

/** A price stands until the next trade. */
function stepped(): { paths?: uPlot.Series.PathBuilder } {
  const paths = uPlot.paths.stepped?.({ align: 1 });
  return paths === undefined ? {} : { paths };
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString(undefined, { minute: "2-digit", second: "2-digit" });
}

export function Chart({ quote }: { readonly quote: Quote }): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const { decimals } = quote;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const drawn = new uPlot(optionsOf(element, decimals), [[], []], element);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [decimals]);

  useEffect(() => {
    plot.current?.setData([[...quote.times], [...quote.prices]]);
  }, [quote]);

  return <div ref={host} className="chart" role="img" aria-label={labelOf(quote)} />;
}

function labelOf({ name, prices, last, decimals }: Quote): string {
  const [least, most] = [Math.min(...prices), Math.max(...prices)];
  return `${name}: ${last.toFixed(decimals)} now, between ${least.toFixed(decimals)} and ${most.toFixed(decimals)} on this chart`;
}
