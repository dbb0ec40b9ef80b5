import { defineConfig } from "drizzle-kit";

/** `pnpm migrations` writes the next SQL file from the schema; the files are committed and run at start. */
export default defineConfig({ dialect: "postgresql", schema: "./src/server/storage/schema.ts", out: "./migrations" });
