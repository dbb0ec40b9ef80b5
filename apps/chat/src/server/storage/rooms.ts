/**
 * Rooms and who is in them, within the limits of `shared/limits`.
 *
 * Room: server/storage. Locks are taken in one order, user before room, so that requests cannot wait for each other in a circle.
 */
import { and, asc, count, desc, eq, sql } from "drizzle-orm";
import type { JoinedRoom, Message, Room } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { Database } from "./database.js";
import { foldName } from "./fold-name.js";
import { RequestRefused } from "./refused.js";
import { members, messages, rooms, users } from "./schema.js";

/** A member's watermarks; whether they are online is not the database's business. */
export interface StoredMember { readonly user: { readonly id: string; readonly name: string }; readonly deliveredSeq: number; readonly readSeq: number }

const publicColumns = { id: rooms.id, name: rooms.name, topic: rooms.topic, memberCount: rooms.memberCount, isDefault: rooms.isDefault };

export class Rooms {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Makes sure that there is the one room everybody is in; an existing one is left as it is. */
  async ensureDefault(name: string, topic: string): Promise<void> {
    await this.#database.insert(rooms).values({ name, nameKey: foldName(name), topic, isDefault: true }).onConflictDoNothing();
  }

  /** All rooms: those of this user with unread counts and newest message first, and the others by name. */
  async list(userId: string): Promise<{ joined: JoinedRoom[]; others: Room[] }> {
    const rows = await this.#select(userId).orderBy(desc(sql`coalesce(${messages.createdAt}, ${rooms.createdAt})`), asc(rooms.name)).limit(limits.roomsTotal + 1);
    const joined = rows.flatMap((row) => toJoined(row) ?? []);
    const others = rows.filter((row) => row.readSeq === null).map((row) => row.room).sort((a, b) => a.name.localeCompare(b.name));
    return { joined, others };
  }

  /** @throws {RequestRefused} room-unknown, not-a-member. */
  async get(roomId: string, userId: string): Promise<JoinedRoom> {
    const [row] = await this.#select(userId).where(eq(rooms.id, roomId));
    if (row === undefined) throw new RequestRefused("room-unknown");
    const room = toJoined(row);
    if (room === undefined) throw new RequestRefused("not-a-member");
    return room;
  }

  /** The public face of a room. @throws {RequestRefused} room-unknown. */
  async face(roomId: string): Promise<Room> {
    const [room] = await this.#database.select(publicColumns).from(rooms).where(eq(rooms.id, roomId));
    if (room === undefined) throw new RequestRefused("room-unknown");
    return room;
  }

  async idsOf(userId: string): Promise<string[]> {
    const rows = await this.#database.select({ roomId: members.roomId }).from(members).where(eq(members.userId, userId));
    return rows.map(({ roomId }) => roomId);
  }

  /** @throws {RequestRefused} not-a-member. */
  async requireMember(roomId: string, userId: string): Promise<void> {
    const [row] = await this.#database.select({ roomId: members.roomId }).from(members).where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
    if (row === undefined) throw new RequestRefused("not-a-member");
  }

  /** By name. */
  async membersOf(roomId: string): Promise<StoredMember[]> {
    return this.#database.select({ user: { id: users.id, name: users.name }, deliveredSeq: members.deliveredSeq, readSeq: members.readSeq })
      .from(members).innerJoin(users, eq(users.id, members.userId)).where(eq(members.roomId, roomId)).orderBy(asc(users.name), asc(users.id));
  }

  /** Creates a room and enters it. @throws {RequestRefused} room-name-taken, too-many-rooms, too-many-joined. */
  async create(input: { name: string; topic: string }, userId: string): Promise<JoinedRoom> {
    const id = await this.#database.transaction(async (tx) => {
      await lockUser(tx, userId);
      const [all] = await tx.select({ total: count(), own: sql<number>`(count(*) filter (where ${rooms.createdBy} = ${userId}))::int` }).from(rooms);
      if ((all?.total ?? 0) >= limits.roomsTotal) throw new RequestRefused("too-many-rooms");
      if ((all?.own ?? 0) >= limits.roomsPerUser) throw new RequestRefused("too-many-rooms", { message: `You have created ${limits.roomsPerUser} rooms already; that is the most one person may.` });
      await requireRoomForOneMore(tx, userId);
      const [room] = await tx.insert(rooms).values({ ...input, nameKey: foldName(input.name), createdBy: userId, memberCount: 1 }).onConflictDoNothing().returning({ id: rooms.id });
      if (room === undefined) throw new RequestRefused("room-name-taken");
      await tx.insert(members).values({ roomId: room.id, userId });
      return room.id;
    });
    return this.get(id, userId);
  }

  /** @returns whether the user was not in it before. @throws {RequestRefused} room-unknown, room-full, too-many-joined. */
  async join(roomId: string, userId: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      await lockUser(tx, userId);
      const [room] = await tx.select({ lastSeq: rooms.lastSeq, memberCount: rooms.memberCount }).from(rooms).where(eq(rooms.id, roomId)).for("update");
      if (room === undefined) throw new RequestRefused("room-unknown");
      const [already] = await tx.select({ roomId: members.roomId }).from(members).where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
      if (already !== undefined) return false;
      if (room.memberCount >= limits.membersPerRoom) throw new RequestRefused("room-full");
      await requireRoomForOneMore(tx, userId);
      await tx.insert(members).values({ roomId, userId, joinedSeq: room.lastSeq });
      await tx.update(rooms).set({ memberCount: sql`${rooms.memberCount} + 1` }).where(eq(rooms.id, roomId));
      return true;
    });
  }

  /** @returns whether the user was in it. @throws {RequestRefused} room-unknown, room-is-default. */
  async leave(roomId: string, userId: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      const [room] = await tx.select({ isDefault: rooms.isDefault }).from(rooms).where(eq(rooms.id, roomId)).for("update");
      if (room === undefined) throw new RequestRefused("room-unknown");
      if (room.isDefault) throw new RequestRefused("room-is-default");
      const left = await tx.delete(members).where(and(eq(members.roomId, roomId), eq(members.userId, userId))).returning({ roomId: members.roomId });
      if (left.length === 0) return false;
      await tx.update(rooms).set({ memberCount: sql`${rooms.memberCount} - 1` }).where(eq(rooms.id, roomId));
      return true;
    });
  }

  #select(userId: string) {
    return this.#database
      .select({
        room: publicColumns,
        lastSeq: rooms.lastSeq,
        readSeq: sql<number | null>`greatest(${members.readSeq}, ${members.joinedSeq})`,
        message: { clientId: messages.clientId, body: messages.body, createdAt: messages.createdAt },
        author: { id: users.id, name: users.name },
      })
      .from(rooms)
      .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, userId)))
      .leftJoin(messages, and(eq(messages.roomId, rooms.id), eq(messages.seq, rooms.lastSeq), eq(members.userId, userId)))
      .leftJoin(users, eq(users.id, messages.authorId));
  }
}

interface Row {
  room: Room;
  lastSeq: number;
  readSeq: number | null;
  message: { clientId: string; body: string; createdAt: Date } | null;
  author: { id: string; name: string } | null;
}

function toJoined({ room, lastSeq, readSeq, message, author }: Row): JoinedRoom | undefined {
  if (readSeq === null) return undefined;
  const lastMessage: Message | null = message === null || author === null ? null
    : { roomId: room.id, seq: lastSeq, clientId: message.clientId, author, text: message.body, sentAtMs: message.createdAt.getTime() };
  return { ...room, lastSeq, readSeq, lastMessage };
}

async function lockUser(tx: Database, userId: string): Promise<void> {
  const [user] = await tx.select({ nameKey: users.nameKey }).from(users).where(eq(users.id, userId)).for("update");
  if (user === undefined || user.nameKey === null) throw new RequestRefused("signed-out");
}

async function requireRoomForOneMore(tx: Database, userId: string): Promise<void> {
  const [row] = await tx.select({ joined: count() }).from(members).where(eq(members.userId, userId));
  if ((row?.joined ?? 0) >= limits.roomsJoined) throw new RequestRefused("too-many-joined");
}
