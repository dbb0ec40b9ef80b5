/**
 * All channels of a server, opened with their first reader and closed some time after their last.
 *
 * Room: server.
 */
import type { Clock, Timer } from "@x/errors/clock";
import { limits } from "../shared/limits.js";
import { Channel, type OpenFeed, type Outlet, type Reader } from "./channel.js";

export interface HubOptions {
  readonly open: OpenFeed;
  readonly clock: Clock;
  /** How long a channel outlives its last reader, so that one who comes back finds what was missed. */
  readonly lingerMs: number;
}

export class Hub {
  readonly #options: HubOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #lingering = new Map<Channel, Timer>();

  constructor(options: HubOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#channels.size;
  }

  /** @returns how to leave, and the reader, to be pumped for the first time; or why not, in words. */
  join(name: string, outlet: Outlet, after: number | undefined): { readonly reader: Reader; readonly leave: () => void } | string {
    const channel = this.#channels.get(name) ?? this.#open(name);
    if (!(channel instanceof Channel)) return channel;
    this.#stay(channel);
    const reader = channel.join(outlet, after);
    return { reader, leave: () => this.#leave(channel, reader) };
  }

  close(): void {
    for (const timer of this.#lingering.values()) this.#options.clock.clearTimer(timer);
    for (const channel of this.#channels.values()) channel.close();
    this.#lingering.clear();
    this.#channels.clear();
  }

  #open(name: string): Channel | string {
    if (this.#channels.size >= limits.channels) this.#closeIdle();
    if (this.#channels.size >= limits.channels) return `There are ${limits.channels} channels already`;
    const channel = Channel.open(name, this.#options.open, limits.tapeMessages);
    if (channel === undefined) return "There is no such channel";
    this.#channels.set(name, channel);
    return channel;
  }

  #leave(channel: Channel, reader: Reader): void {
    channel.leave(reader);
    if (channel.readers > 0 || this.#channels.get(channel.name) !== channel) return;
    this.#lingering.set(channel, this.#options.clock.setTimer(() => this.#end(channel), this.#options.lingerMs));
  }

  #stay(channel: Channel): void {
    const timer = this.#lingering.get(channel);
    if (timer !== undefined) this.#options.clock.clearTimer(timer);
    this.#lingering.delete(channel);
  }

  #end(channel: Channel): void {
    this.#stay(channel);
    this.#channels.delete(channel.name);
    channel.close();
  }

  /** Makes room: nobody reads these. */
  #closeIdle(): void {
    for (const channel of this.#lingering.keys()) this.#end(channel);
  }
}
