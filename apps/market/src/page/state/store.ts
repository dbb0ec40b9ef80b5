/**
 * What the page knows: quotes, the gateway's status, texts; collected as messages come, shown at most ten times a second.
 *
 * Room: page/state. Knows no view.
 */
import { STATUS_CHANNEL } from "../../shared/channels.js";
import { limits } from "../../shared/limits.js";
import type { LinkState, Status } from "../../shared/protocol.js";
import { instruments } from "../../shared/symbols.js";
import { type Quote, watchQuote } from "../../market/quotes.js";
import type { ChannelReader } from "../../market/reader.js";
import { readText, type RunningText } from "../../market/texts.js";
import { Timeline } from "./timeline.js";

const SHOW_MS = 100;

export type TextState = "writing" | "done" | "cancelled" | "refused";
export interface TextView {
  readonly id: string;
  readonly prompt: string;
  readonly text: string;
  readonly tokens: number;
  readonly state: TextState;
}

/** Parts that have not changed are the same objects as before. */
export interface View {
  /** Of the page to the gateway. */
  readonly link: LinkState;
  readonly status: Status | undefined;
  readonly quotes: ReadonlyMap<string, Quote>;
  /** Newest first. */
  readonly texts: readonly TextView[];
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export class MarketStore {
  readonly timeline: Timeline = new Timeline();
  readonly #reader: ChannelReader;
  readonly #listeners = new Set<() => void>();
  readonly #quotes = new Map<string, Quote>();
  readonly #texts = new Map<string, { view: TextView; readonly running: RunningText }>();
  #status: Status | undefined;
  #view: View;

  constructor(reader: ChannelReader) {
    this.#reader = reader;
    this.#view = { link: reader.state, status: undefined, quotes: new Map(), texts: [], nowMs: Date.now() };
    for (const { symbol } of instruments) watchQuote(reader, symbol, (quote) => this.#quotes.set(symbol, { ...quote }));
    reader.read(STATUS_CHANNEL, {
      onMessage: (message) => {
        if (message.type === "status") this.#status = message;
      },
      onRefused: () => undefined, // as long as there is none, none is shown
    });
    setInterval(() => this.#show(), SHOW_MS);
  }

  get view(): View {
    return this.#view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins a text. Beyond `limits.streams` the oldest that is not being written goes. @returns whether there was room. */
  write(prompt: string): boolean {
    const ended = [...this.#texts].find(([, { view }]) => view.state !== "writing");
    if (this.#texts.size >= limits.streams && ended !== undefined) this.#texts.delete(ended[0]);
    if (this.#texts.size >= limits.streams) return false;
    const id = crypto.randomUUID();
    const change = (changes: Partial<TextView>): void => {
      const text = this.#texts.get(id);
      if (text !== undefined) text.view = { ...text.view, ...changes };
    };
    const running = readText(this.#reader, id, prompt, {
      onToken: (token, tokens) => change({ text: `${this.#texts.get(id)?.view.text ?? ""}${token}`, tokens }),
      onEnd: () => change({ state: "done" }),
      onRefused: () => change({ state: "refused" }),
    });
    this.#texts.set(id, { view: { id, prompt, text: "", tokens: 0, state: "writing" }, running });
    this.#show();
    return true;
  }

  cancel(id: string): void {
    const text = this.#texts.get(id);
    if (text?.view.state !== "writing") return;
    text.running.cancel();
    text.view = { ...text.view, state: "cancelled" };
    this.#show();
  }

  #show(): void {
    const nowMs = Date.now();
    const link = this.#reader.state;
    if (this.#status !== undefined) this.timeline.note(link === "open" ? this.#status.state : "lost", this.#status.counts, nowMs);
    const texts = Array.from(this.#texts.values(), ({ view }) => view).reverse();
    const isSame = texts.length === this.#view.texts.length && texts.every((text, index) => text === this.#view.texts[index]);
    this.#view = { link, status: this.#status, quotes: new Map(this.#quotes), texts: isSame ? this.#view.texts : texts, nowMs };
    for (const listener of this.#listeners) listener();
  }
}
