/**
 * Messages and receipts of a room.
 *
 * Room: server/storage. A message gets the room's next number under the lock of the room's row: numbers have no gaps
 * and become visible in order, and a repeated client id finds what it stored the first time.
 */
import { and, asc, desc, eq, gt, lt, sql } from "drizzle-orm";
import type { Message, Page } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { Database } from "./database.js";
import { RequestRefused } from "./refused.js";
import { members, messages, rooms, users } from "./schema.js";

export interface NewMessage { readonly roomId: string; readonly authorId: string; readonly clientId: string; readonly text: string }
export interface Watermarks { readonly deliveredSeq: number; readonly readSeq: number }

const columns = {
  roomId: messages.roomId, seq: messages.seq, clientId: messages.clientId,
  author: { id: users.id, name: users.name }, text: messages.body, createdAt: messages.createdAt,
};

export class Messages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Stores once per client id; the author has read it. @throws {RequestRefused} room-unknown, not-a-member. */
  async append({ roomId, authorId, clientId, text }: NewMessage): Promise<{ message: Message; isNew: boolean }> {
    return this.#database.transaction(async (tx) => {
      const [room] = await tx.select({ lastSeq: rooms.lastSeq }).from(rooms).where(eq(rooms.id, roomId)).for("update");
      if (room === undefined) throw new RequestRefused("room-unknown");
      const own = and(eq(members.roomId, roomId), eq(members.userId, authorId));
      const [member] = await tx.select({ userId: members.userId }).from(members).where(own);
      if (member === undefined) throw new RequestRefused("not-a-member");
      const byClientId = and(eq(messages.roomId, roomId), eq(messages.authorId, authorId), eq(messages.clientId, clientId));
      const [stored] = await select(tx).where(byClientId);
      if (stored !== undefined) return { message: toMessage(stored), isNew: false };
      const seq = room.lastSeq + 1;
      await tx.insert(messages).values({ roomId, seq, authorId, clientId, body: text });
      await tx.update(rooms).set({ lastSeq: seq }).where(eq(rooms.id, roomId));
      await tx.update(members).set({ readSeq: seq, deliveredSeq: seq }).where(own);
      const [fresh] = await select(tx).where(byClientId);
      if (fresh === undefined) throw new RequestRefused("internal");
      return { message: toMessage(fresh), isNew: true };
    });
  }

  /** The page before a number (undefined: the newest page), oldest first. The caller has checked membership. */
  async before(roomId: string, beforeSeq?: number, size: number = limits.pageSize): Promise<Page> {
    const older = beforeSeq === undefined ? undefined : lt(messages.seq, beforeSeq);
    const rows = await select(this.#database).where(and(eq(messages.roomId, roomId), older)).orderBy(desc(messages.seq)).limit(size + 1);
    return { messages: rows.slice(0, size).reverse().map(toMessage), hasMore: rows.length > size };
  }

  /** What came after a number, oldest first. The caller has checked membership. */
  async after(roomId: string, afterSeq: number, size: number = limits.catchUpSize): Promise<Page> {
    const rows = await select(this.#database).where(and(eq(messages.roomId, roomId), gt(messages.seq, afterSeq))).orderBy(asc(messages.seq)).limit(size + 1);
    return { messages: rows.slice(0, size).map(toMessage), hasMore: rows.length > size };
  }

  /** Raises a member's watermarks, never beyond the newest message. @returns undefined when nothing changed (or not a member). */
  async advance(roomId: string, userId: string, { deliveredSeq, readSeq }: Watermarks): Promise<Watermarks | undefined> {
    const newest = sql`(select ${rooms.lastSeq} from ${rooms} where ${rooms.id} = ${roomId})`;
    const read = sql`greatest(${members.readSeq}, least(${readSeq}::int, ${newest}))`;
    const delivered = sql`greatest(${members.deliveredSeq}, least(${Math.max(deliveredSeq, readSeq)}::int, ${newest}))`;
    const [row] = await this.#database.update(members).set({ readSeq: read, deliveredSeq: delivered })
      .where(and(eq(members.roomId, roomId), eq(members.userId, userId), sql`(${members.readSeq} < ${read} or ${members.deliveredSeq} < ${delivered})`))
      .returning({ deliveredSeq: members.deliveredSeq, readSeq: members.readSeq });
    return row;
  }
}

function select(database: Database) {
  return database.select(columns).from(messages).innerJoin(users, eq(users.id, messages.authorId)).$dynamic();
}

function toMessage({ createdAt, ...row }: Omit<Message, "sentAtMs"> & { readonly createdAt: Date }): Message {
  return { ...row, sentAtMs: createdAt.getTime() };
}
