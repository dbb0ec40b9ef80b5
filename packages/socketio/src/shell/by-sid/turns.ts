/**
 * Handlers of one connection one after the other, as `asyncHandlers: false` wants it.
 *
 * Room: socketio shell. What waits is bounded: whoever sends faster than handlers work has to go.
 */

/** A connection: whatever its sockets have in common. */
type Key = object;

interface Line {
  waiting: number;
  last: Promise<void>;
}

export class Turns {
  readonly #lines = new WeakMap<Key, Line>();
  readonly #maxWaiting: number;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs `task`, which never rejects, after those that came before.
   * @param isUrgent whether it may wait beyond the limit, for what comes once.
   * @returns `false` where too many wait; it will not run then.
   */
  take(key: Key, task: () => Promise<void>, isUrgent = false): boolean {
    let line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, (line = { waiting: 0, last: Promise.resolve() }));
    if (line.waiting >= this.#maxWaiting && !isUrgent) return false;
    const current = line;
    current.waiting++;
    current.last = current.last.then(task).then(() => {
      current.waiting--;
    });
    return true;
  }
}
