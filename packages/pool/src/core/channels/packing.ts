/**
 * Which line a channel goes to, and which line can be given up. Room: pool core.
 *
 * Lines are filled one after the other, so that there are few of them.
 */
import type { Line } from "./channel.js";

/** @returns the best line with room: one that is not being emptied, that is open, and of those the fullest. */
export function roomiest<Message>(lines: Iterable<Line<Message>>, capacity: number): Line<Message> | undefined {
  let found: Line<Message> | undefined;
  for (const line of lines) {
    if (line.phase === "closing" || line.seats.size >= capacity) continue;
    if (found === undefined || isBetter(line, found)) found = line;
  }
  return found;
}

function isBetter<Message>(line: Line<Message>, than: Line<Message>): boolean {
  if (line.isDraining !== than.isDraining) return than.isDraining;
  if (line.phase !== than.phase) return line.phase === "open";
  return line.seats.size > than.seats.size;
}

/** @returns the open line with room that a channel can be moved to. */
export function target<Message>(lines: Iterable<Line<Message>>, capacity: number): Line<Message> | undefined {
  const line = roomiest(lines, capacity);
  return line === undefined || line.isDraining || line.phase !== "open" ? undefined : line;
}

/** @returns the line with the fewest channels, if the other open ones can take them and are then full to no more than `fill` of their capacity. */
export function dispensable<Message>(lines: Iterable<Line<Message>>, capacity: number, fill: number): Line<Message> | undefined {
  let emptiest: Line<Message> | undefined;
  let [seats, open] = [0, 0];
  for (const line of lines) {
    if (line.phase === "closing" || line.isDraining) continue;
    seats += line.seats.size;
    if (line.phase === "open") open++;
    if (line.seats.size > 0 && (emptiest === undefined || line.seats.size < emptiest.seats.size)) emptiest = line;
  }
  if (emptiest === undefined) return undefined;
  const others = emptiest.phase === "open" ? open - 1 : open;
  return others > 0 && seats <= others * capacity * fill ? emptiest : undefined;
}
