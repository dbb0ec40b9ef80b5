/** Is the page looked at? What arrives in a hidden tab stays unread. Room: client/view. */
import { useSyncExternalStore } from "react";

export function usePageVisible(): boolean {
  return useSyncExternalStore(subscribe, () => document.visibilityState === "visible");
}

function subscribe(onChange: () => void): () => void {
  document.addEventListener("visibilitychange", onChange);
  return () => { document.removeEventListener("visibilitychange", onChange); };
}
