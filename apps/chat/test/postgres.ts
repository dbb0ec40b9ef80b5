/**
 * A real PostgreSQL for the storage suite: the one at TEST_DATABASE_URL, or a cluster of our own in a temporary folder.
 *
 * PostgreSQL refuses to run as root, so a root user starts it as `postgres`, the account Debian's package creates.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";

export interface TestPostgres { readonly url: string; stop(): Promise<void> }

export const INSTALL_POSTGRES = "apt-get install -y postgresql";

/** Whether {@link startPostgres} has anything to start. */
export function isPostgresAvailable(): boolean {
  return givenUrl !== "" || (findBinaries() !== undefined && findAccount() !== undefined);
}

const givenUrl: string = process.env["TEST_DATABASE_URL"] ?? "";

export async function startPostgres(): Promise<TestPostgres> {
  if (givenUrl !== "") return { url: givenUrl, stop: async () => Promise.resolve() };
  const binaries = findBinaries();
  const account = findAccount();
  if (binaries === undefined || account === undefined) throw new Error(`PostgreSQL is missing: ${INSTALL_POSTGRES}`);
  const folder = mkdtempSync(join(tmpdir(), "chat-pg-"));
  if (account.uid !== process.getuid?.()) chownSync(folder, account.uid, account.gid);
  const data = join(folder, "data");
  execFileSync(join(binaries, "initdb"), ["-D", data, "-A", "trust", "-U", "chat", "--no-sync", "-E", "UTF8", "--locale=C"], { ...account, cwd: folder, stdio: "pipe" });
  const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "fsync=off", "max_connections=40"].flatMap((setting) => ["-c", setting]);
  const server = spawn(join(binaries, "postgres"), ["-D", data, ...settings], { ...account, cwd: folder, stdio: "ignore" });
  const url = `postgres://chat@localhost/postgres?host=${encodeURIComponent(folder)}`;
  await untilReady(url, server);
  return {
    url,
    async stop() {
      const exited = once(server, "exit");
      server.kill("SIGINT"); // fast shutdown
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string | undefined {
  const versions = "/usr/lib/postgresql";
  const folders = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)).map((version) => join(versions, version, "bin")) : [];
  return [...folders, ...(process.env["PATH"] ?? "").split(":")].find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

function findAccount(): { uid: number; gid: number } | undefined {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) return undefined;
  if (uid !== 0) return { uid, gid };
  try {
    const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline) throw new Error("Cannot start PostgreSQL for the tests", { cause: error });
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }
}
