/**
 * Requests about rooms: the list, creating, joining, leaving, opening.
 *
 * Room: server/realtime. Storage decides; these tell the others. All tabs of a user follow into and out of a room.
 */
import type { Answers, Member, User } from "../../shared/contract.js";
import type { Handlers } from "./answering.js";
import { groupOfRoom, groupOfUser, type RealtimeContext } from "./types.js";

type RoomHandlers = Pick<Handlers, "state:load" | "room:create" | "room:join" | "room:leave" | "room:open">;

export function roomHandlers(context: RealtimeContext, me: User): RoomHandlers {
  const { io, storage } = context;
  return {
    "state:load": async () => ({ me, ...(await storage.rooms.list(me.id)) }),
    "room:create": async (input) => {
      const room = await storage.rooms.create(input, me.id);
      await enter(context, room.id, me);
      return room;
    },
    "room:join": async ({ roomId }) => {
      const isNew = await storage.rooms.join(roomId, me.id);
      if (isNew) await enter(context, roomId, me);
      return storage.rooms.get(roomId, me.id);
    },
    "room:leave": async ({ roomId }) => {
      const wasIn = await storage.rooms.leave(roomId, me.id);
      io.in(groupOfUser(me.id)).socketsLeave(groupOfRoom(roomId));
      if (wasIn) await announceDeparture(context, roomId, me.id);
      return null;
    },
    "room:open": async ({ roomId }) => openRoom(context, roomId, me),
  };
}

async function enter(context: RealtimeContext, roomId: string, me: User): Promise<void> {
  await announceArrival(context, roomId, me);
  context.io.in(groupOfUser(me.id)).socketsJoin(groupOfRoom(roomId));
  context.io.to(groupOfUser(me.id)).emit("state:stale");
}

/** Tells the room, and everybody the new number of members. */
export async function announceArrival({ io, storage, presence }: RealtimeContext, roomId: string, user: User): Promise<void> {
  const member: Member = { user, isOnline: presence.isOnline(user.id), deliveredSeq: 0, readSeq: 0 };
  io.to(groupOfRoom(roomId)).emit("member:joined", { roomId, member });
  io.emit("room:changed", await storage.rooms.face(roomId));
}

/** Tells the room, and everybody the new number of members. */
export async function announceDeparture({ io, storage }: RealtimeContext, roomId: string, userId: string): Promise<void> {
  io.to(groupOfRoom(roomId)).emit("member:left", { roomId, userId });
  io.to(groupOfUser(userId)).emit("state:stale");
  io.emit("room:changed", await storage.rooms.face(roomId));
}

async function openRoom({ storage, presence }: RealtimeContext, roomId: string, me: User): Promise<Answers["room:open"]> {
  const room = await storage.rooms.get(roomId, me.id);
  const [stored, page] = await Promise.all([storage.rooms.membersOf(roomId), storage.messages.before(roomId)]);
  return { room, page, members: stored.map((member) => ({ ...member, isOnline: presence.isOnline(member.user.id) })) };
}
