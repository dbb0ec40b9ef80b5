/**
 * What the page knows, as one immutable value.
 *
 * Room: client/chat. Changed by `reduce` only; views read it through selectors.
 */
import type { JoinedRoom, Member, Message, Room, User } from "../../shared/contract.js";

/** A message that is written but not stored yet. `problem` set: refused, and waiting for the author's decision. */
export interface Pending {
  readonly clientId: string;
  readonly roomId: string;
  readonly text: string;
  readonly queuedAtMs: number;
  readonly problem?: string;
}

/** The loaded part of a room: always the newest messages, without gaps. */
export interface Log {
  readonly messages: readonly Message[];
  readonly hasEarlier: boolean;
  readonly isLoadingEarlier: boolean;
  readonly members: readonly Member[];
  /** The first message that was unread when the room was opened; the line "New" stands above it. */
  readonly firstUnreadSeq: number | undefined;
}

export interface Typist { readonly user: User; readonly untilMs: number }

export interface RoomView {
  readonly room: JoinedRoom;
  readonly log: Log | undefined;
  readonly typing: readonly Typist[];
  /** Set when the room could not be loaded. */
  readonly problem?: string;
}

/** `connecting` is the first time only; afterwards a lost connection is `reconnecting`. `refused` needs the user. */
export type Status = "connecting" | "online" | "reconnecting" | "signed-out" | "refused";

export interface ChatState {
  readonly status: Status;
  readonly me: User;
  /** By room id. */
  readonly rooms: ReadonlyMap<string, RoomView>;
  readonly others: readonly Room[];
  readonly openRoomId: string | undefined;
  readonly outbox: readonly Pending[];
  /** One sentence about the last thing that did not work; views show it until it is dismissed. */
  readonly notice: string | undefined;
}

export function initialState(me: User, outbox: readonly Pending[] = []): ChatState {
  return { status: "connecting", me, rooms: new Map(), others: [], openRoomId: undefined, outbox, notice: undefined };
}

/** Tick of one's own message: stored, came to somebody, was read by somebody. */
export interface Ticks { readonly kind: "sent" | "delivered" | "read"; readonly readers: readonly string[] }

export function ticksOf(message: Message, members: readonly Member[]): Ticks {
  const others = members.filter(({ user }) => user.id !== message.author.id);
  const readers = others.filter(({ readSeq }) => readSeq >= message.seq).map(({ user }) => user.name);
  if (readers.length > 0) return { kind: "read", readers };
  return { kind: others.some(({ deliveredSeq }) => deliveredSeq >= message.seq) ? "delivered" : "sent", readers };
}

export const unreadOf = (room: JoinedRoom): number => Math.max(0, room.lastSeq - room.readSeq);

/** Rooms with the latest activity first; the order of equals is by name, so that it never flickers. */
export function roomsInOrder(state: ChatState): JoinedRoom[] {
  return [...state.rooms.values()].map(({ room }) => room)
    .sort((a, b) => (b.lastMessage?.sentAtMs ?? 0) - (a.lastMessage?.sentAtMs ?? 0) || a.name.localeCompare(b.name));
}
