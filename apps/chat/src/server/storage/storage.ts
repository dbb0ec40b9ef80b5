/**
 * Everything that is kept, behind one object.
 *
 * Room: server/storage; the rest of the server sees this and {@link RequestRefused}.
 */
import { sql } from "drizzle-orm";
import { type DatabaseOptions, openDatabase } from "./database.js";
import { Messages } from "./messages.js";
import { Rooms } from "./rooms.js";
import { Users } from "./users.js";

export interface Storage {
  readonly users: Users;
  readonly rooms: Rooms;
  readonly messages: Messages;
  readonly description: string;
  /** Rejects when the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens, migrates and makes sure of the room that everybody is in. */
export async function openStorage(options: DatabaseOptions): Promise<Storage> {
  const { database, description, close } = await openDatabase(options);
  const rooms = new Rooms(database);
  await rooms.ensureDefault("Lobby", "Where everybody arrives. Say hello.");
  return {
    users: new Users(database), rooms, messages: new Messages(database), description, close,
    ping: async () => { await database.execute(sql`select 1`); },
  };
}
