/** How far a price is from where it began: sign, arrow and colour say the same. Room: page/view. */
import type { ReactNode } from "react";
import type { Quote } from "../../market/quotes.js";

export function directionOf({ last, open }: Pick<Quote, "last" | "open">): "up" | "down" {
  return last < open ? "down" : "up";
}

export function Change({ quote }: { readonly quote: Quote }): ReactNode {
  const percent = ((quote.last - quote.open) / quote.open) * 100;
  const direction = directionOf(quote);
  return (
    <span className={`change ${direction}`}>
      <span aria-hidden="true">{direction === "up" ? "▲" : "▼"}</span> {percent < 0 ? "−" : "+"}{Math.abs(percent).toFixed(2)} %
    </span>
  );
}
