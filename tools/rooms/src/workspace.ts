/**
 * The workspace as data: every source file's text and every package's manifest, in memory.
 *
 * Rules never touch the disk; they see a {@link Workspace}. Tests write one as a record of files.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { userFolders } from "./layout.js";

/** One value of an export map: a target file, or conditions that lead to further values. */
export type ExportTarget = string | null | { readonly [condition: string]: ExportTarget };

/** What check-rooms reads of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly sideEffects?: unknown;
  readonly engines?: Readonly<Record<string, string>>;
  readonly main?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, ExportTarget>>;
  /** Names that begin with `#`, for the package itself. */
  readonly imports?: Readonly<Record<string, ExportTarget>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Package {
  readonly name: string;
  /** From the root, with forward slashes: "packages/errors". */
  readonly folder: string;
  readonly manifest: Manifest;
  /** A library of ours; programs in {@link userFolders} may be published, too, but have no rooms and nothing to import. */
  readonly isPublished: boolean;
}

export interface Workspace {
  readonly rootManifest: Manifest;
  readonly packages: readonly Package[];
  /** Text of every manifest and source file, by path from the root with forward slashes. */
  readonly files: ReadonlyMap<string, string>;
}

const SOURCE = /\.(?:[cm]?ts|tsx|[cm]?js)$/;
const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "reports", "coverage"]);

/** @throws {SyntaxError} when a package.json is not JSON. */
export function parseWorkspace(files: ReadonlyMap<string, string>): Workspace {
  const globs = workspaceGlobs(files.get("pnpm-workspace.yaml") ?? "");
  const packages: Package[] = [];
  for (const [path, text] of files) {
    const folder = path.endsWith("/package.json") ? path.slice(0, -"/package.json".length) : undefined;
    if (folder === undefined || !globs.some((glob) => matchesGlob(glob, folder))) continue;
    const manifest = JSON.parse(text) as Manifest;
    packages.push({ name: manifest.name ?? folder, folder, manifest, isPublished: manifest.private !== true && !isProgram(folder) });
  }
  packages.sort((a, b) => a.folder.localeCompare(b.folder));
  return { rootManifest: JSON.parse(files.get("package.json") ?? "{}") as Manifest, packages, files };
}

function isProgram(folder: string): boolean {
  return userFolders.some((prefix) => `${folder}/`.startsWith(prefix));
}

/** Reads manifests and sources under `root`; build output, dependencies and hidden folders are left out. */
export function readWorkspace(root: string): Workspace {
  const files = new Map<string, string>();
  const keep = (path: string): void => {
    files.set(relative(root, path).split(sep).join("/"), readFileSync(path, "utf8"));
  };
  keep(join(root, "package.json"));
  keep(join(root, "pnpm-workspace.yaml"));
  for (const glob of workspaceGlobs(files.get("pnpm-workspace.yaml") ?? "")) {
    for (const folder of foldersOf(root, glob)) collect(join(root, folder), keep);
  }
  return parseWorkspace(files);
}

/** The `packages:` list of pnpm-workspace.yaml; entries are a folder, or a folder and `/*`. */
function workspaceGlobs(yaml: string): string[] {
  const lines = yaml.split("\n");
  const start = lines.findIndex((line) => line.startsWith("packages:"));
  const globs: string[] = [];
  for (const line of start < 0 ? [] : lines.slice(start + 1)) {
    const entry = /^\s+-\s+["']?([^"'#\s]+)/.exec(line)?.[1];
    if (entry !== undefined) globs.push(entry);
    else if (/^\S/.test(line) && !line.startsWith("#")) break;
  }
  return globs;
}

function matchesGlob(glob: string, folder: string): boolean {
  if (!glob.endsWith("/*")) return glob === folder;
  const parent = glob.slice(0, -1);
  return folder.startsWith(parent) && !folder.slice(parent.length).includes("/");
}

function foldersOf(root: string, glob: string): string[] {
  if (!glob.endsWith("/*")) return [glob];
  const parent = glob.slice(0, -2);
  return directoriesIn(join(root, parent)).map((name) => `${parent}/${name}`);
}

function collect(folder: string, keep: (path: string) => void): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith(".") && !SKIPPED_FOLDERS.has(entry.name)) collect(path, keep);
    if (entry.isFile() && (entry.name === "package.json" || SOURCE.test(entry.name))) keep(path);
  }
}

function directoriesIn(folder: string): string[] {
  return entriesOf(folder).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

function entriesOf(folder: string): { name: string; isFile(): boolean; isDirectory(): boolean }[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
}
