/**
 * Tables, as drizzle knows them. `pnpm migrations` derives the SQL files from this module.
 *
 * Room: server/storage. The same SQL runs on PGlite and PostgreSQL.
 */
import { sql } from "drizzle-orm";
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, timestamp, unique, uniqueIndex, uuid } from "drizzle-orm/pg-core";

export const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  /** The folded name while it is reserved; null once it was given up. */
  nameKey: text("name_key").unique(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  lastSeenAt: timestamp("last_seen_at", { withTimezone: true }).notNull().defaultNow(),
});

export const rooms = pgTable("rooms", {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  nameKey: text("name_key").notNull().unique(),
  topic: text().notNull().default(""),
  isDefault: boolean("is_default").notNull().default(false),
  createdBy: uuid("created_by").references(() => users.id),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
  /** Number of the newest message; raised under the row's lock, so numbers have no gaps and commit in order. */
  lastSeq: integer("last_seq").notNull().default(0),
  memberCount: integer("member_count").notNull().default(0),
}, (table) => [
  uniqueIndex("rooms_one_default").on(table.isDefault).where(sql`${table.isDefault}`),
  index("rooms_created_by").on(table.createdBy),
]);

export const members = pgTable("members", {
  roomId: uuid("room_id").notNull().references(() => rooms.id, { onDelete: "cascade" }),
  userId: uuid("user_id").notNull().references(() => users.id),
  joinedAt: timestamp("joined_at", { withTimezone: true }).notNull().defaultNow(),
  /** The room's newest message when this member came: what is older never counts as unread. */
  joinedSeq: integer("joined_seq").notNull().default(0),
  /** Watermarks: every message up to this number was delivered to, read by, this member. */
  deliveredSeq: integer("delivered_seq").notNull().default(0),
  readSeq: integer("read_seq").notNull().default(0),
}, (table) => [
  primaryKey({ columns: [table.roomId, table.userId] }),
  index("members_user").on(table.userId),
]);

export const messages = pgTable("messages", {
  roomId: uuid("room_id").notNull(),
  seq: integer().notNull(),
  authorId: uuid("author_id").notNull().references(() => users.id),
  clientId: uuid("client_id").notNull(),
  body: text().notNull(),
  createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
}, (table) => [
  primaryKey({ columns: [table.roomId, table.seq] }),
  foreignKey({ columns: [table.roomId], foreignColumns: [rooms.id] }).onDelete("cascade"),
  unique("messages_client_id").on(table.roomId, table.authorId, table.clientId),
]);
