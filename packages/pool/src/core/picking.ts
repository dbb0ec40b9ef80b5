/**
 * Which of several connections that could be lent is lent. Room: pool core.
 */
import type { Slot } from "./slot.js";

/** A connection that could be lent, as a choice of the user's own sees it. */
export interface PickCandidate {
  /** Leases of it at this moment; 0 when it is idle. */
  readonly leases: number;
  /** How often it was lent so far. */
  readonly uses: number;
  readonly ageMs: number;
}

/**
 * `lastUsed`: so that surplus ones grow old and are evicted. `leastLoaded`: fewest leases, and of those the last used. `powerOfTwo`: the less
 * loaded of two taken at random, so that several pools do not all choose the same. `roundRobin`: the one that was not lent for longest.
 * A function returns an index of the list; another number counts as 0.
 */
export type PoolPick = "lastUsed" | "leastLoaded" | "powerOfTwo" | "roundRobin" | ((candidates: readonly PickCandidate[]) => number);

/** Chooses one of at least two. */
export type Picker = (slots: readonly Slot<unknown>[], nowMs: number) => number;

export const PICKS: readonly string[] = ["lastUsed", "leastLoaded", "powerOfTwo", "roundRobin"];

/** @returns `undefined` for `lastUsed`, which costs nothing. */
export function pickerOf(pick: PoolPick, random: () => number): Picker | undefined {
  switch (pick) {
    case "lastUsed": return undefined;
    case "leastLoaded": return (slots) => lowest(slots, ({ leases }) => leases);
    case "roundRobin": return (slots) => lowest(slots, ({ turn }) => turn);
    case "powerOfTwo": return (slots) => lessLoadedOfTwo(slots, random);
    default: return (slots, nowMs) => pick(slots.map(({ leases, uses, openedMs }) => ({ leases, uses, ageMs: nowMs - openedMs })));
  }
}

/** The last of the lowest. */
function lowest(slots: readonly Slot<unknown>[], of: (slot: Slot<unknown>) => number): number {
  let found = 0;
  let least = Infinity;
  for (const [index, slot] of slots.entries()) {
    const value = of(slot);
    if (value > least) continue;
    found = index;
    least = value;
  }
  return found;
}

function lessLoadedOfTwo(slots: readonly Slot<unknown>[], random: () => number): number {
  const one = Math.floor(random() * slots.length);
  const step = 1 + Math.floor(random() * (slots.length - 1)); // never the same twice
  const other = (one + step) % slots.length;
  return (slots[other]?.leases ?? Infinity) < (slots[one]?.leases ?? Infinity) ? other : one;
}
