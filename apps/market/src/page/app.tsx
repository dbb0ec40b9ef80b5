/** The page, put together. Room: page. */
import type { ReactNode } from "react";
import { ThemeToggle } from "@x/app-base/theme-toggle";
import { useWatched } from "./state/watched.js";
import { Card } from "./view/card.js";
import { FaultPanel } from "./view/faults.js";
import { PathPicture } from "./view/path-picture.js";
import { TextPanel } from "./view/texts.js";
import { WatchList } from "./view/watch-list.js";

export function App(): ReactNode {
  const [watched, toggle] = useWatched();
  return (
    <div className="app">
      <header className="top">
        <h1 className="wordmark">
          <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect x="2" y="2" width="28" height="28" rx="8" fill="currentColor" /><path className="wordmark-line" d="M6 21l5-6 5 4 4-8 6 5" /></svg>
          Market <span className="tag">simulated</span>
        </h1>
        <PathPicture />
        <ThemeToggle />
      </header>
      <main className="columns">
        <WatchList watched={watched} onToggle={toggle} />
        <div className="centre">
          <section className="cards" aria-label="Charts">
            {watched.length === 0 && <p className="panel muted">Choose instruments from the watch-list to see their charts.</p>}
            {watched.map((symbol) => <Card key={symbol} symbol={symbol} onRemove={() => toggle(symbol)} />)}
          </section>
          <TextPanel />
        </div>
        <FaultPanel />
      </main>
    </div>
  );
}
