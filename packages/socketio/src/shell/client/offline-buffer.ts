/**
 * Events that wait for a connection, bounded.
 *
 * Room: socketio shell.
 */
import { atLimit } from "../../core/faults.js";

export class OfflineBuffer<Item> {
  readonly #limit: number;
  readonly #policy: "oldest" | "newest" | "error";
  #items: Item[] = [];

  constructor(limit: number, policy: "oldest" | "newest" | "error") {
    this.#limit = limit;
    this.#policy = policy;
  }

  /**
   * @param dropped told which item gave way.
   * @throws {SocketIOError} `socketio/buffer-full` under the policy `error`.
   */
  add(item: Item, dropped: (item: Item) => void): void {
    if (this.#items.length < this.#limit) {
      this.#items.push(item);
      return;
    }
    if (this.#policy === "error") throw atLimit("Cannot emit: too many events wait for the connection", "socketio/buffer-full", "maxBufferedEvents", this.#limit);
    this.#items.push(item);
    const lost = this.#policy === "oldest" ? this.#items.shift() : this.#items.pop();
    if (lost !== undefined) dropped(lost);
  }

  /** @returns everything, and keeps nothing. */
  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  some(matches: (item: Item) => boolean): boolean {
    return this.#items.some(matches);
  }

  remove(matches: (item: Item) => boolean): void {
    this.#items = this.#items.filter((item) => !matches(item));
  }
}
