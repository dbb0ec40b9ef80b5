/**
 * Events that wait for a connection, bounded.
 *
 * Room: socketio shell.
 */
import { atLimit } from "../../core/faults.js";

export class OfflineBuffer<Item extends object> {
  readonly #limit: number;
  readonly #policy: "oldest" | "newest" | "error";
  /** In their order. */
  readonly #items = new Set<Item>();

  constructor(limit: number, policy: "oldest" | "newest" | "error") {
    this.#limit = limit;
    this.#policy = policy;
  }

  /**
   * @param dropped told which item gave way.
   * @throws {SocketIOError} `socketio/buffer-full` under the policy `error`.
   */
  add(item: Item, dropped: (item: Item) => void): void {
    const isFull = this.#items.size >= this.#limit;
    if (isFull && this.#policy === "error") throw atLimit("Cannot emit: too many events wait for the connection", "socketio/buffer-full", "maxBufferedEvents", this.#limit);
    this.#items.add(item);
    if (!isFull) return;
    const [oldest = item] = this.#items;
    const lost = this.#policy === "oldest" ? oldest : item;
    this.#items.delete(lost);
    dropped(lost);
  }

  /** Hands out one after the other, for as long as they are wanted; the others stay, and each until it is taken. */
  drain(isWanted: () => boolean, take: (item: Item) => void): void {
    for (const item of this.#items) {
      if (!isWanted()) return;
      take(item);
      this.#items.delete(item);
    }
  }

  clear(): void {
    this.#items.clear();
  }

  some(matches: (item: Item) => boolean): boolean {
    for (const item of this.#items) if (matches(item)) return true;
    return false;
  }

  remove(matches: (item: Item) => boolean): void {
    for (const item of this.#items) if (matches(item)) this.#items.delete(item);
  }
}
