/**
 * Seats for connections: each user has so many, and a connection keeps its own from the moment it is let in until it has ended.
 *
 * Room: server/realtime. Taking one is a single step: of many who ask at the same time not all find the last one free.
 */

/** What is asked of a connection: an Engine.IO socket of the server. */
export interface Connection {
  readonly readyState: string;
  once(event: "close", listener: () => void): unknown;
}

export class Seats {
  readonly #perUser: number;
  readonly #taken: Map<string, Set<Connection>> = new Map<string, Set<Connection>>();

  constructor(perUser: number) {
    this.#perUser = perUser;
  }

  /** Seats that are taken. */
  count(userId: string): number {
    return this.#taken.get(userId)?.size ?? 0;
  }

  /** @returns whether the connection has a seat: one that it took before is its own, one that has ended needs none. */
  take(userId: string, connection: Connection): boolean {
    if (connection.readyState === "closed") return true;
    const taken = this.#taken.get(userId) ?? new Set<Connection>();
    if (taken.has(connection)) return true;
    if (taken.size >= this.#perUser) return false;
    this.#taken.set(userId, taken.add(connection));
    connection.once("close", () => { this.#giveBack(userId, connection); });
    return true;
  }

  #giveBack(userId: string, connection: Connection): void {
    const taken = this.#taken.get(userId);
    taken?.delete(connection);
    if (taken?.size === 0) this.#taken.delete(userId);
  }
}
