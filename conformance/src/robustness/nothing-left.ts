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
export async function until(condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
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

/** Runs `round` a few times to warm up and a few times more: what it leaves behind must not add up. */
export async function expectNoGrowth(round: () => Promise<void>, { rounds = 4, maxBytes = 2_000_000 }: { readonly rounds?: number; readonly maxBytes?: number } = {}): Promise<void> {
  for (let warming = 0; warming < 2; warming++) await round();
  const before = heldBytes();
  for (let count = 0; count < rounds; count++) await round();
  expect(heldBytes() - before).toBeLessThan(maxBytes);
}
