/**
 * The last events of a namespace in wire form, found by room: what a client that comes back has missed.
 *
 * Room: socketio core. Bounded in time, events and bytes. Finding costs what is found, not what is kept.
 */
import type { BroadcastOptions, Room } from "./broadcast.js";
import type { EncodedPacket } from "./packet.js";
import type { Membership } from "./recovery-membership.js";
import type { MissedEvent } from "./session-keeper.js";

interface Entry extends MissedEvent {
  readonly sequence: number;
  readonly atMs: number;
  /** None: the whole namespace. */
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room>;
  readonly bytes: number;
}

export interface LogLimits {
  /** How long an event is kept. Milliseconds. */
  readonly retentionMs: number;
  readonly maxPackets: number;
  readonly maxBytes: number;
}

/** First in, first out; gone entries are cut off in lots, so that each costs a constant. */
class Queue {
  #entries: Entry[] = [];
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#head;
  }

  get first(): Entry | undefined {
    return this.#entries[this.#head];
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  shift(): void {
    this.#head++;
    if (this.#head < 32 || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }

  /** @returns those after an event. */
  after(sequence: number): Entry[] {
    return this.#entries.slice(this.#count((entry) => entry.sequence <= sequence));
  }

  /** @returns the last that is so old. */
  lastAt(timeMs: number): Entry | undefined {
    const count = this.#count((entry) => entry.atMs <= timeMs);
    return count > this.#head ? this.#entries[count - 1] : undefined;
  }

  /** How many entries, gone ones included, are as the first ones are and the last ones are not. */
  #count(isEarly: (entry: Entry) => boolean): number {
    let [low, high] = [this.#head, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && isEarly(entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The key of events for the whole namespace: no room's name is `null`. */
type Address = Room | null;
const EVERYBODY: readonly null[] = [null];

export class RecoveryLog {
  readonly #limits: LogLimits;
  readonly #all = new Queue();
  readonly #byRoom = new Map<Address, Queue>();
  /** By room, the last event that gave way to another before its time. */
  readonly #dropped = new Map<Address, number>();
  /** Of rooms that are in {@link #dropped} no more. */
  #droppedAnywhere = 0;
  #bytes = 0;
  #last = 0;
  #expired = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** Number of the last event; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Number of the last event that is gone because its time was over. */
  get expired(): number {
    return this.#expired;
  }

  get size(): number {
    return this.#all.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns the number of the last event that was sent until then. */
  lastAt(timeMs: number): number {
    return this.#all.lastAt(timeMs)?.sequence ?? this.#expired;
  }

  /** When the oldest event goes. */
  get deadlineMs(): number {
    return (this.#all.first?.atMs ?? Infinity) + this.#limits.retentionMs;
  }

  /** Keeps an event; it has the number after {@link last}. Attachments are copied: they are the application's memory. */
  append(packets: EncodedPacket, { rooms, except = new Set(), flags }: BroadcastOptions, nowMs: number): void {
    const copy = packets.map((message) => (typeof message === "string" ? message : message.slice()));
    const bytes = copy.reduce((sum, message) => sum + (typeof message === "string" ? message.length * 2 : message.byteLength), 0);
    const entry: Entry = { sequence: ++this.#last, atMs: nowMs, rooms: new Set(rooms), except: new Set(except), packets: copy, compress: flags?.compress, bytes };
    this.#all.push(entry);
    this.#bytes += bytes;
    for (const address of addressesOf(entry)) this.#queue(address).push(entry);
    this.expire(nowMs);
    while (this.#all.size > this.#limits.maxPackets || this.#bytes > this.#limits.maxBytes) this.#giveWay();
  }

  expire(nowMs: number): void {
    while (this.deadlineMs <= nowMs) {
      this.#expired = this.#all.first?.sequence ?? this.#expired;
      this.#remove();
    }
  }

  /** Whether nothing that a member was sent after an event is gone before its time. */
  isComplete(after: number, membership: Membership): boolean {
    if (after + 1 < membership.exactFrom || after < this.#droppedAnywhere) return false;
    return [null, ...membership.everIn].every((address) => (this.#dropped.get(address) ?? 0) <= after);
  }

  /** @returns what a member was sent after an event, in order, each once. */
  missed(after: number, membership: Membership): { readonly events: readonly MissedEvent[]; readonly bytes: number } {
    const found = new Map<number, Entry>();
    for (const address of [null, ...membership.everIn]) {
      for (const entry of this.#byRoom.get(address)?.after(after) ?? []) if (isFor(entry, membership)) found.set(entry.sequence, entry);
    }
    const events = [...found.values()].sort((one, other) => one.sequence - other.sequence);
    return { events, bytes: events.reduce((sum, { bytes }) => sum + bytes, 0) };
  }

  #giveWay(): void {
    const { first } = this.#all;
    if (first === undefined) return;
    for (const address of addressesOf(first)) this.#dropped.set(address, first.sequence);
    if (this.#dropped.size > this.#limits.maxPackets) {
      this.#dropped.clear();
      this.#droppedAnywhere = first.sequence;
    }
    this.#remove();
  }

  #remove(): void {
    const { first } = this.#all;
    if (first === undefined) return;
    this.#all.shift();
    this.#bytes -= first.bytes;
    for (const address of addressesOf(first)) {
      const queue = this.#queue(address);
      queue.shift();
      if (queue.size === 0) this.#byRoom.delete(address);
    }
  }

  #queue(address: Address): Queue {
    let queue = this.#byRoom.get(address);
    if (queue === undefined) this.#byRoom.set(address, (queue = new Queue()));
    return queue;
  }
}

function addressesOf({ rooms }: Entry): Iterable<Address> {
  return rooms.size === 0 ? EVERYBODY : rooms;
}

function isFor({ sequence, rooms, except }: Entry, membership: Membership): boolean {
  const wasIn = (room: Room): boolean => membership.wasIn(room, sequence);
  return (rooms.size === 0 || [...rooms].some(wasIn)) && ![...except].some(wasIn);
}
