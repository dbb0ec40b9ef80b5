/**
 * The connection's last minutes: in which state it was, and what happened when.
 *
 * Room: page/state. Knows no page: numbers in, numbers out.
 */
import type { Counts, LinkState } from "../../shared/protocol.js";

/** Milliseconds that are shown. */
export const TIMELINE_MS = 120_000;
/** Marks that are kept; older ones go first. */
const MAX_MARKS = 200;

export type MarkKind = "reconnects" | "gaps" | "duplicates";
export interface Mark { readonly atMs: number; readonly kind: MarkKind }
export interface Stretch { readonly fromMs: number; readonly toMs: number; readonly state: LinkState }

const KINDS: readonly MarkKind[] = ["reconnects", "gaps", "duplicates"];

export class Timeline {
  readonly #changes: { readonly atMs: number; readonly state: LinkState }[] = [];
  readonly #marks: Mark[] = [];
  #counts: Counts | undefined;

  note(state: LinkState, counts: Counts, nowMs: number): void {
    if (this.#changes.at(-1)?.state !== state) this.#changes.push({ atMs: nowMs, state });
    while ((this.#changes[1]?.atMs ?? Infinity) < nowMs - TIMELINE_MS) this.#changes.shift();
    const before = this.#counts;
    this.#counts = counts;
    if (before === undefined) return;
    for (const kind of KINDS) if (counts[kind] > before[kind]) this.#marks.push({ atMs: nowMs, kind });
    while (this.#marks.length > MAX_MARKS || (this.#marks[0]?.atMs ?? Infinity) < nowMs - TIMELINE_MS) this.#marks.shift();
  }

  /** Oldest first. */
  stretches(nowMs: number): readonly Stretch[] {
    return this.#changes.map(({ atMs, state }, index) => ({ fromMs: Math.max(atMs, nowMs - TIMELINE_MS), toMs: this.#changes[index + 1]?.atMs ?? nowMs, state }));
  }

  marks(nowMs: number): readonly Mark[] {
    return this.#marks.filter(({ atMs }) => atMs >= nowMs - TIMELINE_MS);
  }
}
