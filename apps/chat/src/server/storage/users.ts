/**
 * Who is who. A name belongs to the browser that took it, until it signs out or stays away for `reservedMs`.
 *
 * Room: server/storage. There are no passwords: the signed session is the only proof, so a name that was given up
 * makes a new user; what the former one wrote stays, under the former user's id.
 */
import { and, eq, inArray, isNotNull, lt, sql } from "drizzle-orm";
import type { User } from "../../shared/contract.js";
import type { Database } from "./database.js";
import { foldName } from "./fold-name.js";
import { members, rooms, users } from "./schema.js";

/** Milliseconds without a visit after which a name may be taken by somebody else: 30 days. */
export const NAME_RESERVED_MS = 30 * 24 * 3600 * 1000;

export class Users {
  readonly #database: Database;
  readonly #reservedMs: number;

  constructor(database: Database, reservedMs: number = NAME_RESERVED_MS) {
    this.#database = database;
    this.#reservedMs = reservedMs;
  }

  /** Takes the name and enters the default room. @returns undefined when somebody else has the name. */
  async claim(name: string): Promise<User | undefined> {
    const nameKey = foldName(name);
    return this.#database.transaction(async (tx) => {
      const cutoff = sql`now() - make_interval(secs => ${this.#reservedMs / 1000})`;
      const [expired] = await tx.select({ id: users.id }).from(users)
        .where(and(eq(users.nameKey, nameKey), lt(users.lastSeenAt, cutoff))).for("update");
      if (expired !== undefined) await retire(tx, expired.id);
      const [user] = await tx.insert(users).values({ name, nameKey }).onConflictDoNothing().returning({ id: users.id, name: users.name });
      if (user !== undefined) await enterDefaultRoom(tx, user.id);
      return user;
    });
  }

  /** @returns undefined when the user signed out or lost the name. Counts as a visit. */
  async visit(id: string): Promise<User | undefined> {
    const [user] = await this.#database.update(users).set({ lastSeenAt: sql`now()` })
      .where(and(eq(users.id, id), isNotNull(users.nameKey))).returning({ id: users.id, name: users.name });
    return user;
  }

  /** Signs out for good: gives the name up and leaves every room. @returns the rooms left. */
  async release(id: string): Promise<readonly string[]> {
    return this.#database.transaction(async (tx) => retire(tx, id));
  }
}

async function enterDefaultRoom(tx: Database, userId: string): Promise<void> {
  const [room] = await tx.update(rooms).set({ memberCount: sql`${rooms.memberCount} + 1` })
    .where(eq(rooms.isDefault, true)).returning({ id: rooms.id, lastSeq: rooms.lastSeq });
  if (room !== undefined) await tx.insert(members).values({ roomId: room.id, userId, joinedSeq: room.lastSeq });
}

async function retire(tx: Database, userId: string): Promise<readonly string[]> {
  const [user] = await tx.update(users).set({ nameKey: null }).where(eq(users.id, userId)).returning({ id: users.id });
  if (user === undefined) return [];
  // Rows are locked in one order, so that two users leaving the same rooms cannot wait for each other.
  const own = tx.select({ roomId: members.roomId }).from(members).where(eq(members.userId, userId));
  await tx.select({ id: rooms.id }).from(rooms).where(inArray(rooms.id, own)).orderBy(rooms.id).for("update");
  const left = await tx.delete(members).where(eq(members.userId, userId)).returning({ roomId: members.roomId });
  const ids = left.map(({ roomId }) => roomId);
  if (ids.length > 0) await tx.update(rooms).set({ memberCount: sql`${rooms.memberCount} - 1` }).where(inArray(rooms.id, ids));
  return ids;
}
