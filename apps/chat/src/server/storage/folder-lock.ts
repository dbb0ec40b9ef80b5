/**
 * One process per data folder: two PGlites on the same files would damage them.
 *
 * Room: server/storage. The lock is a file with the owner's process id; one left behind by a crash is taken over.
 */
import { readFileSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "@x/app-base/start-error";

/** How often, and after how many milliseconds each, a lock without a number is looked at again: its owner may be just writing it. */
const LOOKS = 10;
const LOOK_MS = 20;

/** @returns the function that unlocks. @throws {StartError} naming the other process when it is alive. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, "server.pid");
  for (let looks = 1; ; looks++) {
    if (await create(path)) return async () => rm(path, { force: true });
    const owner = await ownerOf(path);
    if (owner === undefined && looks < LOOKS) {
      await sleep(LOOK_MS);
      continue;
    }
    if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
      throw new StartError(`Cannot open ${folder}: process ${owner} is using it. Stop that server, or choose another folder: DATA_DIR=./other-folder npm start`);
    }
    await takeAway(path, owner);
  }
}

/** @returns whether there was no lock before. */
async function create(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  const owner = Number.parseInt(await readFile(path, "utf8").catch(() => ""), 10);
  return Number.isNaN(owner) ? undefined : owner;
}

/** Removes a lock that was left behind; if somebody else has done so meanwhile and locked, theirs is put back. */
async function takeAway(path: string, owner: number | undefined): Promise<void> {
  const away = `${path}.${process.pid}`;
  try {
    await rename(path, away);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  if (await ownerOf(away) === owner) await rm(away, { force: true });
  else await rename(away, path);
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
