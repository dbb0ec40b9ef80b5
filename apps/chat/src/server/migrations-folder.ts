/**
 * Where the committed SQL lies: `migrations`, beside both `src` and `dist`.
 *
 * Room: server. This file and the built `dist/server/main.js` are equally deep below the app, so one address fits both.
 */
import { fileURLToPath } from "node:url";

export const migrationsFolder: string = fileURLToPath(new URL("../../migrations", import.meta.url));
