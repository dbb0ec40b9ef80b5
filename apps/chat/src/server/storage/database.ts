/**
 * The database behind the chat: PGlite in a folder by default, a PostgreSQL server when an address is given.
 *
 * Room: server/storage. Both run the same SQL and the same migrations; nothing above knows which one it is.
 */
import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "drizzle-orm";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import { migrate as migratePostgres } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import pg from "pg";
import { StartError } from "@x/app-base/start-error";
import { migrationsFolder } from "../migrations-folder.js";
import { lockFolder } from "./folder-lock.js";

/** What repositories query: either driver, or a transaction of it. */
export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  readonly database: Database;
  /** For people: which database this is, without credentials. */
  readonly description: string;
  /** Ends connections and flushes; idempotent. */
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  /** postgres:// address; undefined means PGlite in `folder`. */
  readonly url?: string | undefined;
  /** Folder of the embedded database, created when missing; undefined means in memory (tests). */
  readonly folder?: string | undefined;
  /** Called when an idle PostgreSQL connection breaks; the next query opens another. */
  readonly onError?: (error: Error) => void;
}

/** Any number, the same in every process: instances that start together migrate one after the other. */
const MIGRATION_LOCK = 7_286_319;

/** Opens and migrates. @throws {StartError} when the folder is in use or the server unreachable. */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  return options.url === undefined ? openEmbedded(options.folder) : openPostgres(options.url, options.onError);
}

async function openEmbedded(folder: string | undefined): Promise<OpenDatabase> {
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const unlock = folder === undefined ? async () => Promise.resolve() : await lockFolder(folder);
  try {
    const client = folder === undefined ? new PGlite() : new PGlite(`${folder}/pglite`);
    await client.waitReady;
    const database = drizzlePglite(client);
    await migratePglite(database, { migrationsFolder });
    const close = once(async () => {
      await client.close();
      await unlock();
    });
    return { database, description: `PGlite in ${folder ?? "memory"}`, close };
  } catch (cause) {
    await unlock();
    throw cause;
  }
}

async function openPostgres(url: string, onError?: (error: Error) => void): Promise<OpenDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  pool.on("error", (error) => onError?.(error));
  try {
    const connection = await pool.connect().catch((cause: unknown) => {
      throw new StartError(`Cannot reach the database of DATABASE_URL: ${cause instanceof Error ? cause.message : "unknown reason"}`, { cause });
    });
    try {
      const database = drizzlePostgres(connection);
      await database.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
      await migratePostgres(database, { migrationsFolder });
    } finally {
      connection.release(true); // ending the connection also gives the lock back
    }
    const { rows } = await pool.query<{ name: string }>("select current_database() as name");
    return { database: drizzlePostgres(pool), description: `PostgreSQL, database ${rows[0]?.name ?? "?"}`, close: once(async () => pool.end()) };
  } catch (cause) {
    await pool.end();
    throw cause;
  }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => (running ??= action());
}
