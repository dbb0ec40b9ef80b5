/**
 * The secret that signs sessions: made once, kept in the data folder, readable by the server's user only.
 *
 * Room: server/sessions. SESSION_SECRET takes its place where several servers share the users.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "@x/app-base/start-error";

const BYTES = 48;

/** @returns the kept secret, or a new one that is kept from now on. */
export async function loadSecret(folder: string): Promise<string> {
  const path = join(folder, "session-secret");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, randomBytes(BYTES).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  const secret = (await readFile(path, "utf8")).trim();
  if (secret.length < BYTES) throw new StartError(`Cannot use ${path}: it is damaged. Delete it to make a new one (everybody signs in again)`);
  return secret;
}
