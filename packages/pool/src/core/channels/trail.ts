/**
 * How far a channel has come: the position to go on from, and how a message follows what came before it. Room: pool core.
 *
 * Numbers grow within their channel, so that one that does not exceed the last came before; where they are consecutive, one that exceeds it by more than one
 * shows that others are missing. Strings have no order: the last so many are remembered.
 */
import type { MessageId } from "../resilient/events.js";
import { IdWindow } from "../resilient/id-window.js";

/** How a position follows those before it: it came before, or positions between them are missing. */
export type Succession = "next" | "known" | "ahead";

export interface TrailSettings {
  /** Strings that are remembered. */
  readonly positionWindow: number;
  /** Each number is the last plus one; otherwise it only grows. */
  readonly isConsecutive: boolean;
}

/** What a subscriber hears of positions that are missing. */
export interface Gap {
  /** Of the messages; of a pattern, one that matches. */
  readonly channel: string;
  /** The position that should have come. */
  readonly expected: number;
  /** The one that did. */
  readonly received: number;
}

/** What is missing after the last position. */
export interface OpenGap {
  readonly expected: number;
  /** How often the server was asked for it. */
  resumes: number;
  /** It does not answer. */
  isHopeless: boolean;
}

export class Trail {
  readonly #settings: TrailSettings;
  /** Where to go on; `undefined` before the first message. */
  last: MessageId | undefined;
  #seen: IdWindow | undefined;
  #gap: OpenGap | undefined;

  constructor(settings: TrailSettings) {
    this.#settings = settings;
  }

  /** What is missing now, of which somebody has been told. */
  get gap(): OpenGap | undefined {
    return this.#gap?.expected === this.#expected ? this.#gap : undefined;
  }

  /** @returns how the position follows. The next one is now the last, and others change nothing. */
  follow(position: MessageId): Succession {
    if (typeof position === "string") return this.#followText(position);
    const { last } = this;
    if (typeof last === "number") {
      if (position <= last) return "known";
      if (this.#settings.isConsecutive && position > last + 1) return "ahead";
    }
    this.last = position;
    return "next";
  }

  /** Notes that what follows the last position is missing. */
  openGap(): OpenGap {
    this.#gap = { expected: this.#expected, resumes: 0, isHopeless: false };
    return this.#gap;
  }

  get #expected(): number {
    return typeof this.last === "number" ? this.last + 1 : Number.NaN;
  }

  #followText(position: string): Succession {
    this.#seen ??= new IdWindow(this.#settings.positionWindow);
    if (!this.#seen.admit(position)) return "known";
    this.last = position;
    return "next";
  }
}

/** The trails of all names that a pattern has met; the one that was quiet for longest is forgotten first. */
export class Trails {
  readonly #settings: TrailSettings;
  readonly #capacity: number;
  readonly #byName = new Map<string, Trail>();
  /** Of the last message, whatever its name. */
  last: MessageId | undefined;

  constructor(settings: TrailSettings, capacity: number) {
    this.#settings = settings;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** @returns the trail of this name, from now on the one that was quiet for the shortest. */
  of(name: string): Trail {
    const trail = this.#byName.get(name) ?? new Trail(this.#settings);
    this.#byName.delete(name);
    this.#byName.set(name, trail);
    if (this.#byName.size > this.#capacity) this.#forgetOldest();
    return trail;
  }

  /** @returns how the position follows those of its name. */
  follow(name: string, position: MessageId): Succession {
    const succession = this.of(name).follow(position);
    if (succession === "next") this.last = position;
    return succession;
  }

  values(): Iterable<Trail> {
    return this.#byName.values();
  }

  positions(): ReadonlyMap<string, MessageId> {
    const positions = new Map<string, MessageId>();
    for (const [name, { last }] of this.#byName) if (last !== undefined) positions.set(name, last);
    return positions;
  }

  #forgetOldest(): void {
    for (const name of this.#byName.keys()) {
      this.#byName.delete(name);
      return;
    }
  }
}
