/** `tarn`, the pool below knex, with the same limits. */
import { Pool } from "tarn";
import { users } from "./users.js";
import type { Start } from "./contract.js";

export const start: Start = () => {
  let opened = 0;
  const pool = new Pool({
    create: () => Promise.resolve({ id: ++opened }), destroy: () => undefined, min: 0, max: 10,
    acquireTimeoutMillis: 10_000, idleTimeoutMillis: 300_000, reapIntervalMillis: 30_000,
  });
  return Promise.resolve({ port: 0, work: (count) => users(count, () => pool.acquire().promise, (resource) => void pool.release(resource)) });
};
