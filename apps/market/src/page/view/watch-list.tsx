/** All instruments; those that are switched on have a chart. Room: page/view. */
import type { ReactNode } from "react";
import { instruments, type Instrument } from "../../shared/symbols.js";
import { useView } from "../state/use-store.js";
import { Change, directionOf } from "./change.js";
import { Sparkline } from "./sparkline.js";

interface WatchListProps {
  readonly watched: readonly string[];
  readonly onToggle: (symbol: string) => void;
}

export function WatchList({ watched, onToggle }: WatchListProps): ReactNode {
  return (
    <section className="panel watch" aria-labelledby="watch-title">
      <h2 id="watch-title">Watch-list</h2>
      <ul>
        {instruments.map((instrument) => (
          <li key={instrument.symbol}>
            <Row instrument={instrument} isWatched={watched.includes(instrument.symbol)} onToggle={() => onToggle(instrument.symbol)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ instrument: { symbol, name }, isWatched, onToggle }: { readonly instrument: Instrument; readonly isWatched: boolean; readonly onToggle: () => void }): ReactNode {
  const quote = useView(({ quotes }) => quotes.get(symbol));
  return (
    <button type="button" className={`watch-row ${quote === undefined ? "" : directionOf(quote)}`} aria-pressed={isWatched} onClick={onToggle}>
      <span className="watch-names"><strong>{symbol}</strong><span className="muted">{name}</span></span>
      {quote !== undefined && (
        <>
          <Sparkline prices={quote.prices} />
          <span className="watch-price"><strong>{quote.last.toFixed(quote.decimals)}</strong><Change quote={quote} /></span>
        </>
      )}
    </button>
  );
}
