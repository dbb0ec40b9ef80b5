/** Once for all files: a database, of which every server of theirs gets a copy. */
import type { TestProject } from "vitest/node";
import { makeFreshDatabase } from "../test/fresh-database.js";

declare module "vitest" {
  interface ProvidedContext { readonly freshDatabase: string }
}

/** @returns what undoes it. */
export default async function setUp({ provide }: TestProject): Promise<() => void> {
  const fresh = await makeFreshDatabase();
  provide("freshDatabase", fresh.folder);
  return () => { fresh[Symbol.dispose](); };
}
