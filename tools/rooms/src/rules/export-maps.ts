/** Manifests of published packages: ESM only, `types` first, every target backed by a source, caret ranges between packages. */
import type { Finding } from "../finding.js";
import type { ModuleGraph } from "../graph.js";
import { requiredNode } from "../layout.js";
import type { ExportTarget, Manifest, Package, Workspace } from "../workspace.js";

interface Complaint {
  /** Text in the manifest that the complaint is about; finds the line. */
  readonly at: string;
  readonly problem: string;
  readonly remedy: string;
}

/** Whole programs for pages, which bundlers and CDNs take by file name: nothing to resolve, no types. */
const SCRIPTS: readonly [subpath: string, target: string] = ["./dist/*", "./dist/browser/*"];
const BUILT = /^\.\/dist\/(.+?)(?:\.d\.ts|\.js)$/;

/** What `exports` and the fields around it must say. */
export function exportMapsRule(graph: ModuleGraph): Finding[] {
  const { packages, files } = graph.workspace;
  return packages.flatMap((entry) => {
    const file = `${entry.folder}/package.json`;
    const lines = (files.get(file) ?? "").split("\n");
    const complaints = entry.isPublished ? [...fieldComplaints(entry), ...exportComplaints(graph.workspace, entry)] : programComplaints(entry);
    return complaints.map(({ at, problem, remedy }): Finding => ({
      rule: "export-maps", file, line: Math.max(1, lines.findIndex((line) => line.includes(at)) + 1), problem, remedy,
    }));
  });
}

/** `require()` of a published entry works only while no module in it awaits at top level. */
export function topLevelAwaitRule(graph: ModuleGraph): Finding[] {
  return graph.modules.flatMap((module): Finding[] => {
    const line = module.scan.topLevelAwaitLine;
    if (line === undefined || !module.package.isPublished || module.isTest || module.room === "outside") return [];
    return [{
      rule: "top-level-await", file: module.file, line,
      problem: "a published module awaits at top level, so require() of it fails",
      remedy: "move the await into a function that callers await",
    }];
  });
}

function privateComplaints({ manifest }: Package): Complaint[] {
  return manifest.type === "module" ? [] : [{ at: "\"name\"", problem: "package is not ESM", remedy: "set \"type\": \"module\"" }];
}

/** A program that is published is upgraded on its own, too. */
function programComplaints(entry: Package): Complaint[] {
  return [...privateComplaints(entry), ...(entry.manifest.private === true ? [] : rangeComplaints(entry.manifest))];
}

function fieldComplaints(entry: Package): Complaint[] {
  const { manifest } = entry;
  const complaints = privateComplaints(entry);
  if (manifest.sideEffects !== false) complaints.push({ at: "\"sideEffects\"", problem: "sideEffects is not false", remedy: "set \"sideEffects\": false, and keep modules free of them" });
  if (manifest.engines?.["node"] !== requiredNode) complaints.push({ at: "\"engines\"", problem: `engines.node is not "${requiredNode}"`, remedy: `set "engines": { "node": "${requiredNode}" }` });
  if (manifest.main !== undefined) complaints.push({ at: "\"main\"", problem: "main stands beside exports", remedy: "remove it; the export map is the only way in" });
  if (manifest.exports?.["./package.json"] !== "./package.json") complaints.push({ at: "\"exports\"", problem: "package.json is not exported", remedy: "add \"./package.json\": \"./package.json\" to exports" });
  return [...complaints, ...rangeComplaints(manifest)];
}

/** Packages are upgraded independently: caret ranges. A peer may name a whole major, lest each minor of it be a major of ours. */
function rangeComplaints({ dependencies = {}, peerDependencies = {} }: Manifest): Complaint[] {
  const wrong = [
    ...Object.entries(dependencies).filter(([, range]) => range !== "workspace:^"),
    ...Object.entries(peerDependencies).filter(([, range]) => range !== "workspace:^" && !/^workspace:\d+\.x$/.test(range)),
  ];
  return wrong.filter(([name]) => name.startsWith("@x/")).map(([name, range]) => ({
    at: `"${name}"`, problem: `${name} is depended on as "${range}"`, remedy: "write \"workspace:^\": packages are upgraded independently",
  }));
}

function exportComplaints(workspace: Workspace, entry: Package): Complaint[] {
  const subpaths = Object.entries(entry.manifest.exports ?? {}).filter(([subpath, target]) => subpath !== "./package.json" && !(subpath === SCRIPTS[0] && target === SCRIPTS[1]));
  if (subpaths.length === 0) return [{ at: "\"name\"", problem: "package exports nothing", remedy: "add an exports map" }];
  return subpaths.flatMap(([subpath, target]) => [...conditionComplaints(subpath, target), ...targetComplaints(workspace, entry, subpath, target)]);
}

function conditionComplaints(subpath: string, target: ExportTarget): Complaint[] {
  const at = `"${subpath}"`;
  if (target === null || typeof target === "string") return [{ at, problem: `export "${subpath}" has no types`, remedy: "write an object with types first, then default" }];
  const conditions = Object.keys(target);
  const complaints: Complaint[] = [];
  if (conditions[0] !== "types") complaints.push({ at, problem: `export "${subpath}" does not begin with types`, remedy: "put the types condition first: TypeScript takes the first match" });
  if (conditions.at(-1) !== "default") complaints.push({ at, problem: `export "${subpath}" does not end with default`, remedy: "end with default, the neutral build" });
  if (conditions.includes("require")) complaints.push({ at, problem: `export "${subpath}" has a require condition`, remedy: "remove it: ESM only, Node loads it by require() as it is" });
  return complaints;
}

function targetComplaints(workspace: Workspace, entry: Package, subpath: string, target: ExportTarget): Complaint[] {
  return leavesOf(target).flatMap((leaf): Complaint[] => {
    const source = leaf.startsWith("./src/") ? leaf.slice(2) : BUILT.exec(leaf)?.[1] && `src/${BUILT.exec(leaf)?.[1] ?? ""}.ts`;
    if (!source) return [{ at: `"${leaf}"`, problem: `export "${subpath}" leads to ${leaf}, outside dist and src`, remedy: "name ./dist/<entry>.js and ./dist/<entry>.d.ts" }];
    if (workspace.files.has(`${entry.folder}/${source}`)) return [];
    return [{ at: `"${leaf}"`, problem: `export "${subpath}" leads to ${leaf}, but ${source} does not exist`, remedy: `write ${source}, or remove the export` }];
  });
}

function leavesOf(target: ExportTarget): string[] {
  if (target === null) return [];
  return typeof target === "string" ? [target] : Object.values(target).flatMap(leavesOf);
}
