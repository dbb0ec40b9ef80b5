/**
 * One process per data folder: two PGlites on the same files would damage them.
 *
 * Room: server/storage. The lock is a file with the owner's process id; one left behind by a crash is taken over.
 */
import { readFileSync } from "node:fs";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "../start-error.js";

/** @returns the function that unlocks. @throws {StartError} naming the other process when it is alive. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "server.pid");
  for (;;) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(`${process.pid}\n`);
      await file.close();
      return async () => rm(path, { force: true });
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
    const owner = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
    if (owner !== process.pid && isAlive(owner)) {
      throw new StartError(`Cannot open ${folder}: process ${owner} is using it. Stop that server, or choose another folder: DATA_DIR=./other-folder npm start`);
    }
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return isNode(pid);
  } catch (error) {
    return isCode(error, "EPERM");
  }
}

/** After a crash the number may belong to something else by now; Linux tells, elsewhere we believe it. */
function isNode(pid: number): boolean {
  try {
    return /node|bun|deno|chat/u.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return true;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
