/**
 * Whom a broadcast reaches: rooms, exceptions and modifiers, as `to`, `except` and their like build them up.
 *
 * Room: socketio core. Immutable; the shape that adapters get is socket.io-adapter's.
 */
export type SocketId = string;
export type Room = string;

export interface BroadcastFlags {
  readonly volatile?: boolean;
  readonly compress?: boolean;
  readonly local?: boolean;
  readonly broadcast?: boolean;
  /** How long acknowledgements may take. Milliseconds. */
  readonly timeout?: number;
}

/** What an adapter is told. No room means the whole namespace. */
export interface BroadcastOptions {
  /** Who is in one of them; all, where there is none. */
  readonly rooms: Set<Room>;
  /** Who is in one of them is left out. */
  readonly except?: Set<Room>;
  /** How it is sent. */
  readonly flags?: BroadcastFlags;
}

const noRooms: ReadonlySet<Room> = new Set();
const noFlags: BroadcastFlags = {};

export class Audience {
  readonly rooms: ReadonlySet<Room>;
  readonly exceptions: ReadonlySet<Room>;
  readonly flags: BroadcastFlags;
  /** `to([])` names nobody, which must not become everybody. */
  readonly isNobody: boolean;

  constructor(rooms: ReadonlySet<Room> = noRooms, exceptions: ReadonlySet<Room> = noRooms, flags: BroadcastFlags = noFlags, isNobody = false) {
    this.rooms = rooms;
    this.exceptions = exceptions;
    this.flags = flags;
    this.isNobody = isNobody;
  }

  to(room: Room | readonly Room[]): Audience {
    const rooms = union(this.rooms, room);
    return new Audience(rooms, this.exceptions, this.flags, rooms.size === 0);
  }

  except(room: Room | readonly Room[]): Audience {
    return new Audience(this.rooms, union(this.exceptions, room), this.flags, this.isNobody);
  }

  with(flags: BroadcastFlags): Audience {
    return new Audience(this.rooms, this.exceptions, { ...this.flags, ...flags }, this.isNobody);
  }

  /** A fresh copy for an adapter. */
  options(): BroadcastOptions {
    return { rooms: new Set(this.rooms), except: new Set(this.exceptions), flags: { ...this.flags } };
  }
}

/** The whole namespace. */
export const everybody: Audience = /* @__PURE__ */ new Audience();

function union(set: ReadonlySet<Room>, room: Room | readonly Room[]): ReadonlySet<Room> {
  const all = new Set(set);
  if (typeof room === "string") return all.add(room);
  for (const each of room) all.add(each);
  return all;
}
