/** A page with one sentence, while there is nothing else to show. Room: client/view. */
import type { ReactNode } from "react";
import { Wordmark } from "./wordmark.js";

export function Splash({ text, onRetry }: { text: string; onRetry?: () => void }): ReactNode {
  return (
    <main className="splash">
      <Wordmark />
      <p role="status" className="muted">{text}</p>
      {onRetry !== undefined && <button type="button" className="button" onClick={onRetry}>Try again</button>}
    </main>
  );
}
