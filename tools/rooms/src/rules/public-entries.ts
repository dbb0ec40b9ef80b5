/** Between packages only public names are imported; users' programs see published packages only. */
import type { Finding } from "../finding.js";
import type { Import, Module, ModuleGraph } from "../graph.js";
import { appPackages, userFolders } from "../layout.js";
import type { Package } from "../workspace.js";

/** No relative path leaves its package, and a package's name leads only to what its export map names. */
export function publicEntriesRule(graph: ModuleGraph): Finding[] {
  return graph.modules.flatMap((module) => module.imports.flatMap((site) => leavesPackage(graph, module, site) ?? unexported(module, site)));
}

/** apps and examples stand for users: private packages of this workspace are not theirs to import (their tests may). */
export function publishedNamesRule(graph: ModuleGraph): Finding[] {
  const stands = (module: Module): boolean => !module.isTest && userFolders.some((folder) => module.file.startsWith(folder));
  return graph.modules.filter(stands).flatMap((module) => module.imports.flatMap(({ target, line }): Finding[] => {
    if (target.kind !== "workspace" || target.package.isPublished || target.package === module.package) return [];
    if (module.file.startsWith("apps/") && appPackages.includes(target.package.name)) return [];
    return [{
      rule: "published-names", file: module.file, line,
      problem: `a program for users imports ${target.package.name}, which is not published`,
      remedy: "use what users can install; keep test support in tests",
    }];
  }));
}

function leavesPackage(graph: ModuleGraph, module: Module, { target, line, specifier }: Import): Finding[] | undefined {
  if (target.kind !== "file" && target.kind !== "missing") return undefined;
  if (target.file.startsWith(`${module.package.folder}/`)) {
    if (target.kind === "file" || !isSource(specifier)) return [];
    return [{
      rule: "public-entries", file: module.file, line,
      problem: `"${specifier}" leads to no source file (looked for ${target.file})`,
      remedy: "name an existing file; relative imports end in .js",
    }];
  }
  const owner = graph.workspace.packages.find(({ folder }) => target.file.startsWith(`${folder}/`));
  if (owner === undefined && module.room === "outside") return []; // shared settings at the root
  return [{
    rule: "public-entries", file: module.file, line,
    problem: `"${specifier}" reaches into ${owner?.name ?? "the workspace's root"} by path`,
    remedy: owner === undefined ? "published sources may not leave their package" : `import ${owner.name} by its public name, and export there what is missing`,
  }];
}

function unexported(module: Module, { target, line, specifier }: Import): Finding[] {
  if (target.kind !== "workspace" || exportsSubpath(target.package, target.subpath)) return [];
  return [{
    rule: "public-entries", file: module.file, line,
    problem: `"${specifier}" is no public entry of ${target.package.name}`,
    remedy: `import one of: ${Object.keys(target.package.manifest.exports ?? {}).join(", ") || "(it exports nothing)"}`,
  }];
}

function exportsSubpath(target: Package, subpath: string): boolean {
  return Object.hasOwn(target.manifest.exports ?? {}, subpath);
}

function isSource(specifier: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(specifier) || !/\.\w+$/.test(specifier);
}
