/** The shape of the last prices, in a line of a list. Room: page/view. */
import type { ReactNode } from "react";

const WIDTH = 72;
const HEIGHT = 22;
const POINTS = 90;

export function Sparkline({ prices }: { readonly prices: readonly number[] }): ReactNode {
  const shown = prices.slice(-POINTS);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const span = most - least || 1;
  const points = shown.map((price, index) => `${((index / Math.max(1, shown.length - 1)) * WIDTH).toFixed(1)},${(HEIGHT - 2 - ((price - least) / span) * (HEIGHT - 4)).toFixed(1)}`);
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
    </svg>
  );
}
