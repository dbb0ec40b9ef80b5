/**
 * Who is here: a user is online while at least one of their connections is, plus a moment for reloads.
 *
 * Room: server/realtime. Knows this process's connections only (see the README on several servers).
 */
export interface PresenceOptions {
  /** Milliseconds between the last connection's end and "offline". Default 3000. */
  readonly graceMs?: number;
  /** Called when a user comes or goes, not for every tab. */
  readonly onChange: (userId: string, isOnline: boolean) => void;
}

export class Presence {
  readonly #graceMs: number;
  readonly #onChange: PresenceOptions["onChange"];
  readonly #connections: Map<string, number> = new Map<string, number>();
  readonly #leaving: Map<string, NodeJS.Timeout> = new Map<string, NodeJS.Timeout>();

  constructor({ graceMs = 3000, onChange }: PresenceOptions) {
    this.#graceMs = graceMs;
    this.#onChange = onChange;
  }

  isOnline(userId: string): boolean {
    return this.#connections.has(userId);
  }

  connections(userId: string): number {
    return this.#connections.get(userId) ?? 0;
  }

  arrive(userId: string): void {
    clearTimeout(this.#leaving.get(userId));
    this.#leaving.delete(userId);
    const wasOnline = this.isOnline(userId);
    this.#connections.set(userId, this.connections(userId) + 1);
    if (!wasOnline) this.#onChange(userId, true);
  }

  depart(userId: string): void {
    const left = this.connections(userId) - 1;
    this.#connections.set(userId, Math.max(0, left));
    if (left > 0) return;
    clearTimeout(this.#leaving.get(userId));
    const timer = setTimeout(() => { this.#gone(userId); }, this.#graceMs);
    timer.unref();
    this.#leaving.set(userId, timer);
  }

  /** Forgets everybody without telling anybody. */
  close(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    this.#connections.clear();
  }

  #gone(userId: string): void {
    this.#leaving.delete(userId);
    this.#connections.delete(userId);
    this.#onChange(userId, false);
  }
}
