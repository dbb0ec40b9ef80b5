/** `generic-pool`, the peer of @x/pool, with the same limits. */
import { createPool } from "generic-pool";
import { users } from "./users.js";
import type { Start } from "./contract.js";

export const start: Start = () => {
  let opened = 0;
  const pool = createPool({ create: () => Promise.resolve({ id: ++opened }), destroy: () => Promise.resolve() }, {
    max: 10, maxWaitingClients: 1_000, acquireTimeoutMillis: 10_000, idleTimeoutMillis: 300_000, evictionRunIntervalMillis: 30_000,
  });
  return Promise.resolve({ port: 0, work: (count) => users(count, () => pool.acquire(), (resource) => void pool.release(resource)) });
};
