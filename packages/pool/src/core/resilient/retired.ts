/**
 * Connections that were replaced: heard for a while, then closed, then cut if they do not go. Room: pool core.
 */
import type { SocketLimits } from "./options.js";

export interface RetiredSink<Link> {
  close(link: Link): void;
  cut(link: Link): void;
  /** From now on nothing of it counts. */
  unheard(link: Link): void;
}

interface Stage {
  readonly isHeard: boolean;
  readonly untilMs: number;
}

export class Retired<Link> {
  readonly #limits: SocketLimits;
  readonly #sink: RetiredSink<Link>;
  readonly #links = new Map<Link, Stage>();

  constructor(limits: SocketLimits, sink: RetiredSink<Link>) {
    this.#limits = limits;
    this.#sink = sink;
  }

  get deadlineMs(): number {
    let earliestMs = Infinity;
    for (const { untilMs } of this.#links.values()) earliestMs = Math.min(earliestMs, untilMs);
    return earliestMs;
  }

  hears(link: Link): boolean {
    return this.#links.get(link)?.isHeard === true;
  }

  add(link: Link, nowMs: number): void {
    this.#links.set(link, { isHeard: true, untilMs: nowMs + this.#limits.overlapMs });
    this.tick(nowMs);
  }

  /** It is gone by itself. */
  ended(link: Link): void {
    const stage = this.#links.get(link);
    this.#links.delete(link);
    if (stage?.isHeard === true) this.#sink.unheard(link);
  }

  tick(nowMs: number): void {
    for (const [link, { isHeard, untilMs }] of [...this.#links]) {
      if (untilMs > nowMs) continue;
      if (isHeard) this.#close(link, nowMs);
      else {
        this.#links.delete(link);
        this.#sink.cut(link);
      }
    }
  }

  /** The life is over: nothing is waited for. */
  close(nowMs: number): void {
    for (const [link, { isHeard }] of [...this.#links]) if (isHeard) this.#close(link, nowMs);
  }

  #close(link: Link, nowMs: number): void {
    this.#links.set(link, { isHeard: false, untilMs: nowMs + this.#limits.closeTimeoutMs });
    this.#sink.unheard(link);
    this.#sink.close(link);
  }
}
