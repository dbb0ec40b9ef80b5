/**
 * A simulated text generator: it writes sentences from a small grammar, a token at a time, at the pace of a language model. It is none.
 *
 * Room: exchange. What it writes follows from the channel's name alone, so that a server that was restarted goes on where another stopped.
 */
import type { Clock, Random, Timer } from "@x/errors/clock";
import { parseChannel } from "../shared/channels.js";
import { limits } from "../shared/limits.js";
import type { Token } from "../shared/protocol.js";
import type { Feed, OpenFeed, Publish } from "../server/channel.js";
import { seeded, seedOf } from "./random.js";

/** Milliseconds between tokens: anything from the first to the second. */
const PACE_MS = [25, 90] as const;

const openings = ["This text is simulated.", "What follows was written by a random generator."];
const subjects = ["The tape", "A patient reader", "The exchange", "Every socket", "The night desk", "A quiet channel", "The newest tick", "The old cable"];
const verbs = ["remembers", "carries", "waits for", "outlives", "counts", "forgives", "repeats", "follows"];
const objects = ["the last position", "a dropped connection", "two thousand small messages", "the other side", "what was missed", "a late answer", "the morning's prices", "its own silence"];
const endings = ["without hurry", "in order", "exactly once", "as if nothing had happened", "and says so", "until somebody asks", "long after midnight", "for the price of a heartbeat"];

/** Sentences until there are enough tokens. @returns tokens as models give them out: words with the space before them, punctuation. */
export function write(prompt: string, random: Random): readonly string[] {
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
  const wanted = 60 + Math.floor(random() * 80);
  let text = `${pick(openings)} You asked: “${prompt}”.`;
  let tokens: readonly string[] = [];
  while (tokens.length < wanted) {
    text += ` ${pick(subjects)} ${pick(verbs)} ${pick(objects)}, ${pick(endings)}.`;
    tokens = text.match(/\s?[\p{L}\p{N}’']+|\s?[^\p{L}\p{N}]/gu) ?? [];
  }
  return tokens.slice(0, limits.textTokens);
}

export function openTexts(clock: Clock): OpenFeed {
  return (name, publish) => {
    const channel = parseChannel(name);
    if (channel?.kind !== "text") return undefined;
    const random = seeded(seedOf(name));
    return new Text(name, write(channel.prompt, random), random, clock, publish);
  };
}

class Text implements Feed {
  readonly #channel: string;
  readonly #tokens: readonly string[];
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #publish: Publish;
  #written = 0;
  #timer: Timer | undefined;

  constructor(channel: string, tokens: readonly string[], random: Random, clock: Clock, publish: Publish) {
    this.#channel = channel;
    this.#tokens = tokens;
    this.#random = random;
    this.#clock = clock;
    this.#publish = publish;
  }

  /** Nobody reads: nothing is written. That is how a text is cancelled. */
  setActive(isActive: boolean): void {
    if (!isActive) this.close();
    else this.#schedule();
  }

  /** Somebody has read further than this was written: by the server that was here before. */
  resume(after: number): void {
    while (this.#written < Math.min(after, this.#tokens.length)) this.#next();
  }

  close(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#written >= this.#tokens.length) return;
    const [least, most] = PACE_MS;
    this.#timer = this.#clock.setTimer(() => {
      this.#timer = undefined;
      this.#next();
      this.#schedule();
    }, least + this.#random() * (most - least));
  }

  #next(): void {
    const text = this.#tokens[this.#written++] ?? "";
    const token: Token = { type: "token", channel: this.#channel, position: this.#written, text, isLast: this.#written === this.#tokens.length };
    this.#publish(token);
  }
}
