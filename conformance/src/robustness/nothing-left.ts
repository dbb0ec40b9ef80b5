/** What a process holds on to: counted before and after an attack. Waits end with what they wait for, or with a deadline; nothing sleeps. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";

/** Kinds that an endpoint takes: sockets, servers, timers, jobs of zlib. Others come and go with the test runner. */
const kinds: ReadonlySet<string> = new Set(["TCPSocketWrap", "TCPServerWrap", "TLSWrap", "PipeWrap", "Timeout", "TCPConnectWrap", "GetAddrInfoReqWrap", "Zlib", "ProcessWrap"]);

export type Alive = Readonly<Record<string, number>>;

export function alive(): Alive {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) if (kinds.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Turns of the event loop until `condition` holds. @throws {Error} it did not within `deadlineMs`. */
export async function until(condition: () => boolean, what: string, deadlineMs = 30_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Everything that was taken since `before` is given back, at once or as soon as the system says so. */
export async function nothingLeft(before: Alive): Promise<void> {
  const more = (): readonly string[] => Object.entries(alive()).filter(([kind, count]) => count > (before[kind] ?? 0)).map(([kind, count]) => `${kind} ${before[kind] ?? 0} → ${count}`);
  await until(() => more().length === 0, "resources are given back").catch(() => undefined);
  expect(more()).toEqual([]);
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Memory in use once garbage is collected, in bytes: heap, and buffers outside of it. */
export function heldBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const ROUNDS = 4;
const PASSES = 5;

/**
 * What `round` leaves behind must not add up. Code that is compiled and caches that fill up count as memory, too, for a while, so that
 * one pass that leaves less than `maxBytes` behind is enough: what leaks does so in each.
 */
export async function expectNoGrowth(round: () => Promise<void>, maxBytes = 500_000): Promise<void> {
  const growths: number[] = [];
  let before = heldBytes();
  do {
    for (let count = 0; count < ROUNDS; count++) await round();
    const after = heldBytes();
    growths.push(after - before);
    before = after;
  } while (Math.min(...growths) >= maxBytes && growths.length < PASSES);
  expect(Math.min(...growths), `bytes left behind by pass: ${growths.join(", ")}`).toBeLessThan(maxBytes);
}
