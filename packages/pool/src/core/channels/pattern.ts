/**
 * The one rule of wildcard channels: a wildcard stands for any characters, also for none; everything else for itself.
 *
 * Room: pool core. Work per name is bounded by its length times the pattern's, and needs no backtracking.
 */

export type Matcher = (name: string) => boolean;

/** @returns what says whether a channel's name matches; `undefined` where the name is no pattern. */
export function matcherOf(name: string, wildcard: string | undefined): Matcher | undefined {
  if (wildcard === undefined || !name.includes(wildcard)) return undefined;
  const parts = name.split(wildcard);
  const head = parts[0] ?? "";
  const tail = parts.at(-1) ?? "";
  const inner = parts.slice(1, -1).filter((part) => part !== "");
  const least = parts.reduce((sum, part) => sum + part.length, 0);
  return (candidate) => candidate.length >= least && candidate.startsWith(head) && candidate.endsWith(tail) && hasInOrder(candidate, inner, head.length, candidate.length - tail.length);
}

/** Each part at the first place where it fits: if any places fit, these do. */
function hasInOrder(candidate: string, parts: readonly string[], from: number, to: number): boolean {
  let at = from;
  for (const part of parts) {
    const found = candidate.indexOf(part, at);
    if (found < 0 || found + part.length > to) return false;
    at = found + part.length;
  }
  return true;
}
