/** A redis-server of the test's own, in a folder of its own: no port, nothing on disk. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createClient } from "redis";

type RedisClient = ReturnType<typeof createClient>;

/** The program, or `undefined` where Redis is not installed (Debian: `redis-server`). */
export const redisProgram: string | undefined = [process.env["REDIS_SERVER_PATH"] ?? "", ...(process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "redis-server"))].find(isExecutable);

export interface TestRedis {
  /** A connected client; ended by {@link stop}. */
  connect(): Promise<RedisClient>;
  stop(): Promise<void>;
}

export async function startRedis(program: string): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const path = join(folder, "socket");
  const server = spawn(program, ["--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", folder], { stdio: ["ignore", "pipe", "inherit"] });
  await ready(server);
  const clients: RedisClient[] = [];
  return {
    connect: async () => {
      const client: RedisClient = createClient({ socket: { path, tls: false } });
      clients.push(client);
      client.on("error", () => undefined); // whoever uses it sees its promises reject
      await client.connect();
      return client;
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.close())); // what adapters have not awaited is answered first
      const exited = once(server, "exit");
      server.kill();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server takes connections. */
function ready({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    stdout?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("eady to accept connections")) resolve();
    });
    stdout?.on("end", () => reject(new Error(`redis-server ended:\n${log}`)));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path !== "";
  } catch {
    return false;
  }
}
