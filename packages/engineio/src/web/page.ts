/**
 * What becomes of a page: it goes away, loses the network, wakes up (HTML §8.11 page lifecycle, §8.12 `navigator.onLine`).
 *
 * Room: engineio web.
 */
import type { PageEvents } from "../shell/ports.js";

/** @returns what stops it. */
export function watch(events: PageEvents): () => void {
  if (typeof addEventListener !== "function") return () => undefined;
  const stop = new AbortController();
  const { signal } = stop;
  addEventListener("beforeunload", () => events.leaving(), { signal });
  addEventListener("offline", () => events.offline(), { signal });
  for (const name of ["online", "pageshow", "focus", "visibilitychange"]) addEventListener(name, () => events.awake(), { signal });
  return () => stop.abort();
}
