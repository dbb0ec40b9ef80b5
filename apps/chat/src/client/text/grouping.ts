/**
 * How a log is laid out: days, and groups of messages that one author wrote in a row.
 *
 * Room: client/text. Pure; the time zone is the runtime's.
 */
export interface Entry {
  readonly key: string;
  readonly authorId: string;
  readonly sentAtMs: number;
  /** Draw the line "New" above this one. */
  readonly isFirstUnread: boolean;
}

export interface Group<E extends Entry> { readonly key: string; readonly authorId: string; readonly isFirstUnread: boolean; readonly entries: readonly E[] }
export interface Day<E extends Entry> { readonly key: string; readonly atMs: number; readonly groups: readonly Group<E>[] }

/** A pause longer than this starts a new group, in milliseconds. */
const PAUSE_MS = 5 * 60_000;

/** Entries in order in, days of groups out, in the same order. */
export function groupByDay<E extends Entry>(entries: readonly E[]): Day<E>[] {
  const days: { key: string; atMs: number; groups: { key: string; authorId: string; isFirstUnread: boolean; entries: E[] }[] }[] = [];
  let previous: E | undefined;
  for (const entry of entries) {
    const day = dayKey(entry.sentAtMs);
    if (days.at(-1)?.key !== day) days.push({ key: day, atMs: entry.sentAtMs, groups: [] });
    const groups = days.at(-1)?.groups ?? [];
    const group = groups.at(-1);
    const continues = group !== undefined && previous?.authorId === entry.authorId && entry.sentAtMs - previous.sentAtMs <= PAUSE_MS && !entry.isFirstUnread;
    if (continues) group.entries.push(entry);
    else groups.push({ key: entry.key, authorId: entry.authorId, isFirstUnread: entry.isFirstUnread, entries: [entry] });
    previous = entry;
  }
  return days;
}

function dayKey(atMs: number): string {
  const date = new Date(atMs);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}
