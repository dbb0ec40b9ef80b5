/**
 * The ids of the last so many messages, to know one that comes twice. Room: pool core.
 */
import type { MessageId } from "./events.js";

export class IdWindow {
  readonly #size: number;
  /** In the order of their arrival. */
  readonly #ids = new Set<MessageId>();
  /** Messages that came again. */
  duplicates = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** @returns whether the id is new; a known one counts as seen again, so that it stays. */
  admit(id: MessageId): boolean {
    const isKnown = this.#ids.delete(id);
    this.#ids.add(id);
    if (isKnown) this.duplicates++;
    else if (this.#ids.size > this.#size) this.#forgetOldest();
    return !isKnown;
  }

  #forgetOldest(): void {
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }
}
