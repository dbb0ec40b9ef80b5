/** `@x/pool`: a hundred users share ten resources that cost nothing, each borrowing and giving back. */
import { Pool } from "@x/pool";
import { users } from "./users.js";
import type { Start } from "./contract.js";

export const start: Start = () => {
  let opened = 0;
  const pool = new Pool({ connect: () => ({ id: ++opened }), close: () => undefined, maxConnections: 10 });
  return Promise.resolve({ port: 0, work: (count) => users(count, () => pool.acquire(), (lease) => lease.release()) });
};
