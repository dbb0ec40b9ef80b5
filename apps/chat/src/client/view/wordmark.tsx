/** The name of the house. Room: client/view. */
import type { ReactNode } from "react";

export function Wordmark(): ReactNode {
  return (
    <span className="wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <path d="M8 3h16a6 6 0 0 1 6 6v9a6 6 0 0 1-6 6h-8.200l-6.1 5.100A1 1 0 0 1 8 28.300V24a6 6 0 0 1-6-6V9a6 6 0 0 1 6-6Z" fill="currentColor" />
        <g className="wordmark-dots"><circle cx="10.5" cy="13.5" r="2" /><circle cx="16" cy="13.5" r="2" /><circle cx="21.5" cy="13.5" r="2" /></g>
      </svg>
      Chat
    </span>
  );
}
