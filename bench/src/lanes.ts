/**
 * Sessions one after the other in a number of lanes: sixteen keep a server busy, one alone shows how long a session takes.
 */
import { spread } from "./statistics.js";

/** Runs until `count` sessions are over, or the time is up. */
export async function inLanes(session: () => Promise<void>, lanes: number, count: number, forMs: number): Promise<{ count: number; elapsedMs: number; medianMs: number }> {
  const startMs = performance.now();
  const tookMs: number[] = [];
  let started = 0;
  const lane = async (): Promise<void> => {
    while (started < count && performance.now() - startMs < forMs) {
      started += 1;
      const beganMs = performance.now();
      await session();
      tookMs.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { count: started, elapsedMs: performance.now() - startMs, medianMs: spread(tookMs).median };
}
