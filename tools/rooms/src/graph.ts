/**
 * The module graph: every source file with its package, its room, and where each import leads.
 */
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { roomFolders, type Room } from "./layout.js";
import { scanFile, type ImportSite, type ScannedFile } from "./scan.js";
import type { ExportTarget, Package, Workspace } from "./workspace.js";

export type Target =
  | { readonly kind: "file"; readonly file: string }
  | { readonly kind: "missing"; readonly file: string }
  | { readonly kind: "builtin" }
  /** A package of this workspace by name; `subpath` is "." or "./client". */
  | { readonly kind: "workspace"; readonly package: Package; readonly subpath: string }
  | { readonly kind: "external"; readonly name: string };

export interface Import extends ImportSite {
  readonly target: Target;
}

export interface Module {
  readonly file: string;
  readonly package: Package;
  readonly room: Room;
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  readonly scan: ScannedFile;
}

export interface ModuleGraph {
  readonly workspace: Workspace;
  readonly modules: readonly Module[];
  readonly byFile: ReadonlyMap<string, Module>;
}

const SOURCE = /\.(?:[cm]?tsx?|[cm]?js)$/;
const TEST = /\.(?:test|e2e)\.[cm]?[jt]sx?$|\/(?:test|e2e)\//;
/** Files directly under `src` that are entries whether or not an export map names them. */
const ENTRY_NAMES = /^(?:index|client|server)(?:\.\w+)?\.ts$/;

export function buildGraph(workspace: Workspace): ModuleGraph {
  const resolver = new Resolver(workspace);
  const modules: Module[] = [];
  for (const [file, text] of workspace.files) {
    const owner = resolver.ownerOf(file);
    if (owner === undefined || !SOURCE.test(file)) continue;
    const scan = scanFile(file, text);
    const imports = scan.imports.map((site) => ({ ...site, target: resolver.resolve(file, site.specifier) }));
    modules.push({ file, package: owner, room: roomOf(workspace, owner, file), isTest: TEST.test(file), imports, scan });
  }
  return { workspace, modules, byFile: new Map(modules.map((module) => [module.file, module])) };
}

/** The room that a file stands in; packages without room folders are "flat" but for their index. */
export function roomOf(workspace: Workspace, owner: Package, file: string): Room {
  const source = `${owner.folder}/src/`;
  if (!owner.isPublished || !file.startsWith(source)) return "outside";
  const inSource = file.slice(source.length);
  const [folder = ""] = inSource.split("/");
  const room = roomFolders.find((name) => inSource !== folder && name === folder);
  if (room !== undefined) return room;
  if (ENTRY_NAMES.test(inSource)) return "entry";
  return hasRooms(workspace, source) && inSource === folder && !TEST.test(file) ? "entry" : "flat";
}

function hasRooms(workspace: Workspace, source: string): boolean {
  for (const file of workspace.files.keys()) {
    if (file.startsWith(source) && roomFolders.some((room) => file.startsWith(`${source}${room}/`))) return true;
  }
  return false;
}

class Resolver {
  readonly #workspace: Workspace;
  readonly #byName: ReadonlyMap<string, Package>;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#byName = new Map(workspace.packages.map((entry) => [entry.name, entry]));
  }

  ownerOf(file: string): Package | undefined {
    return this.#workspace.packages.find(({ folder }) => file.startsWith(`${folder}/`));
  }

  resolve(from: string, specifier: string): Target {
    if (specifier.startsWith(".")) return this.#resolveFile(posix.join(posix.dirname(from), specifier.replace(/\?.*$/, "")));
    if (specifier.startsWith("#")) return this.#resolveOwn(from, specifier);
    const name = packageNameOf(specifier);
    const inWorkspace = this.#byName.get(name);
    if (inWorkspace !== undefined) return { kind: "workspace", package: inWorkspace, subpath: `.${specifier.slice(name.length)}` };
    return isBuiltin(specifier) ? { kind: "builtin" } : { kind: "external", name };
  }

  /** What the manifest's `imports` choose by platform: Node's file stands for all of them. */
  #resolveOwn(from: string, specifier: string): Target {
    const owner = this.ownerOf(from);
    const target = owner?.manifest.imports?.[specifier];
    const source = sourceOf(target);
    return owner === undefined || source === undefined ? { kind: "external", name: specifier } : this.#resolveFile(posix.join(owner.folder, source));
  }

  /** `./x.js` names `x.ts` or `x.tsx` in sources; what is no source (styles, data) is left alone by the rules. */
  #resolveFile(path: string): Target {
    const candidates = [path, path.replace(/\.([cm]?)js$/, ".$1ts"), path.replace(/\.jsx?$/, ".tsx")];
    const file = candidates.find((candidate) => this.#workspace.files.has(candidate));
    return file === undefined ? { kind: "missing", file: path } : { kind: "file", file };
  }
}

/** The first file below `src` that a target leads to. */
function sourceOf(target: ExportTarget | undefined): string | undefined {
  if (target === undefined || target === null) return undefined;
  if (typeof target === "string") return target.startsWith("./src/") ? target : undefined;
  return Object.values(target).map(sourceOf).find((file) => file !== undefined);
}

/** "@x/errors/retry" → "@x/errors"; "ws/lib/x" → "ws". */
export function packageNameOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}
