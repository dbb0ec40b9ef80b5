/**
 * In which rooms a session was when: a missed event is for whoever was in its room when it was sent, not for who is now.
 *
 * Room: socketio core. Time is counted in events of the namespace's log.
 */
import type { Room } from "./broadcast.js";

/** Stays that are over. More are not remembered, since every missed event is held against them: what was missed before cannot be told then. */
const MAX_PAST_STAYS = 100;

interface Stay {
  readonly room: Room;
  readonly from: number;
  /** The first event that it did not hear. */
  readonly to: number;
}

export class Membership {
  readonly #present = new Map<Room, number>();
  readonly #past: Stay[] = [];
  /** From this event on it knows everything. */
  exactFrom = 0;

  /** Rooms it is in. */
  get rooms(): Iterable<Room> {
    return this.#present.keys();
  }

  /** Rooms it is or was in. */
  get everIn(): ReadonlySet<Room> {
    return new Set([...this.#present.keys(), ...this.#past.map(({ room }) => room)]);
  }

  join(room: Room, sequence: number): void {
    if (!this.#present.has(room)) this.#present.set(room, sequence);
  }

  /** @param oldest the first event that can still be asked for. */
  leave(room: Room, sequence: number, oldest: number): void {
    const from = this.#present.get(room);
    if (from === undefined) return;
    this.#present.delete(room);
    if (from === sequence) return;
    while (this.#past[0] !== undefined && this.#past[0].to <= oldest) this.#past.shift();
    this.#past.push({ room, from, to: sequence });
    if (this.#past.length > MAX_PAST_STAYS) this.exactFrom = this.#past.shift()?.to ?? 0;
  }

  wasIn(room: Room, sequence: number): boolean {
    const from = this.#present.get(room);
    if (from !== undefined && from <= sequence) return true;
    return this.#past.some((stay) => stay.room === room && stay.from <= sequence && sequence < stay.to);
  }
}
