/**
 * Times and days in the reader's language and zone.
 *
 * Room: client/text.
 */
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const withYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

export const formatClock = (atMs: number): string => clock.format(atMs);
export const formatFull = (atMs: number): string => full.format(atMs);

/** "Today", "Yesterday", a weekday with date, or a date with year. */
export function formatDay(atMs: number, nowMs: number): string {
  const days = daysBetween(atMs, nowMs);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? dayAndMonth.format(atMs) : withYear.format(atMs);
}

/** The clock for today, else a short date: for lists. */
export function formatBrief(atMs: number, nowMs: number): string {
  return daysBetween(atMs, nowMs) <= 0 ? clock.format(atMs) : short.format(atMs);
}

function daysBetween(atMs: number, nowMs: number): number {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  return Math.round((midnight(nowMs) - midnight(atMs)) / 86_400_000);
}
