/** One instrument: its price, bid and ask, and its chart. Room: page/view. */
import type { ReactNode } from "react";
import { instrumentOf } from "../../shared/symbols.js";
import { useView } from "../state/use-store.js";
import { Change, directionOf } from "./change.js";
import { Chart } from "./chart.js";

export function Card({ symbol, onRemove }: { readonly symbol: string; readonly onRemove: () => void }): ReactNode {
  const quote = useView(({ quotes }) => quotes.get(symbol));
  const name = instrumentOf(symbol)?.name ?? symbol;
  return (
    <article className={`card ${quote === undefined ? "" : directionOf(quote)}`} aria-label={name}>
      <header className="card-top">
        <div>
          <h3>{symbol}</h3>
          <p className="muted">{name}</p>
        </div>
        {quote !== undefined && (
          <div className="card-price">
            <strong>{quote.last.toFixed(quote.decimals)}</strong>
            <Change quote={quote} />
          </div>
        )}
        <button type="button" className="icon-button small" aria-label={`Remove the chart of ${name}`} title="Remove this chart" onClick={onRemove}>×</button>
      </header>
      {quote === undefined ? <p className="card-empty muted">Waiting for the first price …</p> : (
        <>
          <Chart quote={quote} />
          <dl className="card-quotes">
            <div><dt>Bid</dt><dd>{quote.bid.toFixed(quote.decimals)}</dd></div>
            <div><dt>Ask</dt><dd>{quote.ask.toFixed(quote.decimals)}</dd></div>
            <div><dt>Spread</dt><dd>{(quote.ask - quote.bid).toFixed(quote.decimals)}</dd></div>
          </dl>
        </>
      )}
    </article>
  );
}
