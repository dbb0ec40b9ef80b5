/**
 * A data folder as the first start leaves it, to be copied: setting up a cluster costs PGlite seconds of computing, a copy none.
 * That an empty folder becomes one is a statement of the storage suite.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStorage } from "../src/server/storage/storage.js";

export interface FreshDatabase extends Disposable {
  readonly folder: string;
}

export async function makeFreshDatabase(): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "chat-fresh-"));
  const storage = await openStorage({ folder });
  await storage.close();
  return { folder, [Symbol.dispose]: () => { rmSync(folder, { recursive: true, force: true }); } };
}
