/**
 * The published packages and the source files behind their entries.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

export const root: string = resolve(import.meta.dirname, "../../..");

export interface Entry {
  /** What importers write: `@x/simple-ws/client`. */
  readonly name: string;
  /** One, or one for Node and one for everywhere else. */
  readonly files: readonly string[];
}

export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  readonly entries: readonly Entry[];
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly "@x/source"?: string | Readonly<Record<string, string>> }>>;
}

export function publishedPackages(): PublishedPackage[] {
  return readdirSync(join(root, "packages")).flatMap((directory) => {
    const folder = join(root, "packages", directory);
    if (!existsSync(join(folder, "package.json"))) return [];
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    return manifest.private === true ? [] : [{ name: manifest.name, folder, entries: entriesOf(manifest, folder) }];
  });
}

function entriesOf({ name, exports = {} }: Manifest, folder: string): Entry[] {
  return Object.entries(exports).flatMap(([subpath, target]) => {
    const source = typeof target === "string" ? undefined : target["@x/source"];
    if (source === undefined) return [];
    const files = typeof source === "string" ? [source] : Object.values(source);
    return [{ name: name + subpath.slice(1), files: files.map((file) => join(folder, file)) }];
  });
}
