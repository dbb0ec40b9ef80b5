/**
 * Every change of the page's state: one pure function over a union of actions.
 *
 * Room: client/chat.
 */
import type { JoinedRoom, Member, Message, OpenRoom, Page, Room, State, User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { ChatState, Log, Pending, RoomView, Status } from "./state.js";

export type Action =
  | { readonly type: "status"; readonly status: Status; readonly notice?: string }
  | { readonly type: "loaded"; readonly state: State }
  | { readonly type: "select"; readonly roomId: string }
  | { readonly type: "opened"; readonly open: OpenRoom }
  | { readonly type: "open-failed"; readonly roomId: string; readonly problem: string }
  | { readonly type: "messages"; readonly roomId: string; readonly messages: readonly Message[] }
  | { readonly type: "earlier-asked" | "earlier-failed"; readonly roomId: string }
  | { readonly type: "earlier"; readonly roomId: string; readonly page: Page }
  | { readonly type: "receipt"; readonly roomId: string; readonly userId: string; readonly deliveredSeq: number; readonly readSeq: number }
  | { readonly type: "typing"; readonly roomId: string; readonly user: User; readonly isTyping: boolean; readonly nowMs: number }
  | { readonly type: "time"; readonly nowMs: number }
  | { readonly type: "presence"; readonly userId: string; readonly isOnline: boolean }
  | { readonly type: "member-joined"; readonly roomId: string; readonly member: Member }
  | { readonly type: "member-left"; readonly roomId: string; readonly userId: string }
  | { readonly type: "room-changed"; readonly room: Room }
  | { readonly type: "queued"; readonly pending: Pending }
  | { readonly type: "unqueued"; readonly clientId: string }
  | { readonly type: "send-failed"; readonly clientId: string; readonly problem: string }
  | { readonly type: "send-again"; readonly clientId: string }
  | { readonly type: "notice"; readonly notice: string | undefined };

export function reduce(state: ChatState, action: Action): ChatState {
  switch (action.type) {
    case "status": return { ...state, status: action.status, ...(action.notice === undefined ? {} : { notice: action.notice }) };
    case "loaded": return loaded(state, action.state);
    case "select": return selected(state, action.roomId);
    case "opened": return opened(state, action.open);
    case "open-failed": return inRoom(state, action.roomId, (view) => ({ ...view, problem: action.problem }));
    case "messages": return action.messages.reduce(arrived, state);
    case "earlier-asked": return inLog(state, action.roomId, (log) => ({ ...log, isLoadingEarlier: true }));
    case "earlier-failed": return inLog(state, action.roomId, (log) => ({ ...log, isLoadingEarlier: false }));
    case "earlier": return inLog(state, action.roomId, (log) => earlier(log, action.page));
    case "receipt": return received(state, action);
    case "typing": return inRoom(state, action.roomId, (view) => typed(view, action));
    case "time": return expired(state, action.nowMs);
    case "presence": return present(state, action);
    case "member-joined": return inLog(state, action.roomId, (log) => ({ ...log, members: withMember(log.members, action.member) }));
    case "member-left": return inRoom(state, action.roomId, (view) => departed(view, action.userId));
    case "room-changed": return roomChanged(state, action.room);
    case "queued": return { ...state, outbox: [...state.outbox, action.pending] };
    case "unqueued": return { ...state, outbox: state.outbox.filter(({ clientId }) => clientId !== action.clientId) };
    case "send-failed": return { ...state, outbox: state.outbox.map((pending) => (pending.clientId === action.clientId ? { ...pending, problem: action.problem } : pending)) };
    case "send-again": return { ...state, outbox: state.outbox.map(({ problem, ...pending }) => (pending.clientId === action.clientId || problem === undefined ? pending : { ...pending, problem })) };
    case "notice": return { ...state, notice: action.notice };
  }
}

/** The server's list replaces ours; what was loaded of a room stays, and is caught up by the caller. */
function loaded(state: ChatState, { me, joined, others }: State): ChatState {
  const rooms = new Map(joined.map((room): [string, RoomView] => {
    const known = state.rooms.get(room.id);
    return [room.id, { room: newer(known?.room, room), log: known?.log, typing: known?.typing ?? [] }];
  }));
  const openRoomId = state.openRoomId !== undefined && rooms.has(state.openRoomId) ? state.openRoomId : undefined;
  return { ...state, me, rooms, others, openRoomId };
}

/** Leaving a room takes its line "New" away; coming back finds a new one where reading stopped. */
function selected(state: ChatState, roomId: string): ChatState {
  const next = state.openRoomId === roomId ? state
    : inRoom(state, roomId, (view) => ({ ...view, log: view.log && { ...view.log, firstUnreadSeq: firstUnread(view.room) } }));
  return { ...next, openRoomId: roomId };
}

function opened(state: ChatState, { room, members, page }: OpenRoom): ChatState {
  return inRoom(state, room.id, (view) => {
    const { log, typing } = view;
    const last = page.messages.at(-1)?.seq ?? 0;
    const live = (log?.messages ?? []).filter(({ seq }) => seq > last); // told while the page was under way
    const messages = live[0]?.seq === last + 1 ? [...page.messages, ...live] : page.messages;
    return {
      room: newer(view.room, room), typing,
      log: { messages, hasEarlier: page.hasMore, isLoadingEarlier: false, members, firstUnreadSeq: log?.firstUnreadSeq ?? firstUnread(room) },
    };
  });
}

/** An answer may be older than what was told while it was under way: nothing goes back. */
function newer(known: JoinedRoom | undefined, fresh: JoinedRoom): JoinedRoom {
  if (known === undefined) return fresh;
  const { lastSeq, lastMessage } = known.lastSeq > fresh.lastSeq ? known : fresh;
  return { ...fresh, lastSeq, lastMessage, readSeq: Math.max(known.readSeq, fresh.readSeq) };
}

const firstUnread = (room: RoomView["room"]): number | undefined => (room.lastSeq > room.readSeq ? room.readSeq + 1 : undefined);

/** A stored message, ours or not, live or caught up: known ones change nothing, and a gap is left for catching up. */
function arrived(state: ChatState, message: Message): ChatState {
  const isMine = message.author.id === state.me.id;
  const next = isMine ? reduce(state, { type: "unqueued", clientId: message.clientId }) : state;
  return inRoom(next, message.roomId, ({ room, log, typing, ...view }) => {
    const isNewer = message.seq > room.lastSeq;
    const readSeq = isMine ? Math.max(room.readSeq, message.seq) : room.readSeq;
    const follows = log !== undefined && message.seq === (log.messages.at(-1)?.seq ?? 0) + 1;
    return {
      ...view,
      room: { ...room, readSeq, ...(isNewer ? { lastSeq: message.seq, lastMessage: message } : {}) },
      typing: typing.filter(({ user }) => user.id !== message.author.id),
      log: follows ? { ...log, messages: [...log.messages, message] } : log,
    };
  });
}

function earlier(log: Log, { messages, hasMore }: Page): Log {
  const first = log.messages[0]?.seq ?? Infinity;
  return { ...log, messages: [...messages.filter(({ seq }) => seq < first), ...log.messages], hasEarlier: hasMore, isLoadingEarlier: false };
}

function received(state: ChatState, { roomId, userId, deliveredSeq, readSeq }: Extract<Action, { type: "receipt" }>): ChatState {
  return inRoom(state, roomId, (view) => ({
    ...view,
    room: userId === state.me.id ? { ...view.room, readSeq: Math.max(view.room.readSeq, readSeq) } : view.room,
    log: view.log && {
      ...view.log,
      members: view.log.members.map((member) => (member.user.id !== userId ? member
        : { ...member, deliveredSeq: Math.max(member.deliveredSeq, deliveredSeq), readSeq: Math.max(member.readSeq, readSeq) })),
    },
  }));
}

function typed(view: RoomView, { user, isTyping, nowMs }: Extract<Action, { type: "typing" }>): RoomView {
  const others = view.typing.filter((typist) => typist.user.id !== user.id);
  return { ...view, typing: isTyping ? [...others, { user, untilMs: nowMs + limits.typingTimeoutMs }] : others };
}

function expired(state: ChatState, nowMs: number): ChatState {
  const isOver = ({ typing }: RoomView): boolean => typing.some(({ untilMs }) => untilMs <= nowMs);
  if (![...state.rooms.values()].some(isOver)) return state;
  return { ...state, rooms: new Map([...state.rooms].map(([id, view]) => [id, { ...view, typing: view.typing.filter(({ untilMs }) => untilMs > nowMs) }])) };
}

function present(state: ChatState, { userId, isOnline }: { userId: string; isOnline: boolean }): ChatState {
  const update = (log: Log): Log => ({ ...log, members: log.members.map((member) => (member.user.id === userId ? { ...member, isOnline } : member)) });
  return { ...state, rooms: new Map([...state.rooms].map(([id, view]) => [id, { ...view, log: view.log && update(view.log) }])) };
}

function departed(view: RoomView, userId: string): RoomView {
  return {
    ...view,
    typing: view.typing.filter(({ user }) => user.id !== userId),
    log: view.log && { ...view.log, members: view.log.members.filter(({ user }) => user.id !== userId) },
  };
}

function withMember(members: readonly Member[], member: Member): Member[] {
  return [...members.filter(({ user }) => user.id !== member.user.id), member].sort((a, b) => a.user.name.localeCompare(b.user.name));
}

function roomChanged(state: ChatState, room: Room): ChatState {
  if (state.rooms.has(room.id)) return inRoom(state, room.id, (view) => ({ ...view, room: { ...view.room, ...room } }));
  return { ...state, others: [...state.others.filter(({ id }) => id !== room.id), room].sort((a, b) => a.name.localeCompare(b.name)) };
}

function inRoom(state: ChatState, roomId: string, change: (view: RoomView) => RoomView): ChatState {
  const view = state.rooms.get(roomId);
  return view === undefined ? state : { ...state, rooms: new Map(state.rooms).set(roomId, change(view)) };
}

function inLog(state: ChatState, roomId: string, change: (log: Log) => Log): ChatState {
  return inRoom(state, roomId, (view) => (view.log === undefined ? view : { ...view, log: change(view.log) }));
}
