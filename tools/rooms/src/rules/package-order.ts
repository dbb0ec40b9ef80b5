/** Packages import downward only, tests and types included, and only what their manifest declares. */
import type { Finding } from "../finding.js";
import type { Import, Module, ModuleGraph } from "../graph.js";
import { packageOrder, testPackages } from "../layout.js";

/** The packages' one order (house rules, "Which way imports run"). */
export function packageOrderRule(graph: ModuleGraph): Finding[] {
  const unknown = graph.workspace.packages
    .filter((entry) => entry.isPublished && packageOrder[entry.name] === undefined)
    .map((entry): Finding => ({
      rule: "package-order", file: `${entry.folder}/package.json`, line: 1,
      problem: `${entry.name} has no place in the package order`,
      remedy: "add its row to packageOrder in tools/rooms/src/layout.ts, below everything that it imports",
    }));
  return [...unknown, ...graph.modules.flatMap((module) => module.imports.flatMap((site) => check(module, site)))];
}

function check(module: Module, site: Import): Finding[] {
  const row = packageOrder[module.package.name];
  if (site.target.kind !== "workspace" || row === undefined || !module.package.isPublished) return [];
  const imported = site.target.package.name;
  if (imported === module.package.name || (module.isTest && testPackages.includes(imported))) return [];
  const anywhere = [...row.everywhere, ...Object.values(row.rooms ?? {}).flat()];
  const seesAll = module.isTest || module.room === "entry";
  const allowed = seesAll ? anywhere : [...row.everywhere, ...(row.rooms?.[module.room] ?? [])];
  if (allowed.includes(imported)) return [];
  const rooms = Object.entries(row.rooms ?? {}).filter(([, names]) => names.includes(imported)).map(([room]) => room);
  return [{
    rule: "package-order", file: module.file, line: site.line,
    problem: `${module.package.name} (${module.room}) imports ${imported}`,
    remedy: rooms.length > 0
      ? `only these rooms of ${module.package.name} may: ${rooms.join(", ")}; declare a port here and implement it there`
      : `${module.package.name} may import only: ${anywhere.join(", ") || "nothing"}; move what is shared down into the package that owns the noun`,
  }];
}

/** What a published source imports is a dependency or a peer; what a test imports is at least a dev dependency. */
export function declaredDependenciesRule(graph: ModuleGraph): Finding[] {
  return graph.modules.flatMap((module) => {
    const { dependencies, peerDependencies, optionalDependencies, devDependencies } = module.package.manifest;
    const shipped = { ...dependencies, ...peerDependencies, ...optionalDependencies };
    const isShipped = module.package.isPublished && !module.isTest && module.room !== "outside";
    const declared = isShipped ? shipped : { ...shipped, ...devDependencies };
    return module.imports.flatMap(({ target, line }): Finding[] => {
      const name = target.kind === "workspace" ? target.package.name : target.kind === "external" ? target.name : undefined;
      if (name === undefined || name === module.package.name || name in declared || isAtRoot(graph, module, name)) return [];
      return [{
        rule: "declared-dependencies", file: module.file, line,
        problem: `${name} is not declared in ${module.package.folder}/package.json`,
        remedy: `add it to "${isShipped ? "dependencies" : "devDependencies"}", or do without it`,
      }];
    });
  });
}

/** Tool configuration files may use what the workspace's root installs. */
function isAtRoot(graph: ModuleGraph, module: Module, name: string): boolean {
  const root = graph.workspace.rootManifest;
  return module.room === "outside" && /\.config\.[cm]?[jt]s$/.test(module.file) && name in { ...root.dependencies, ...root.devDependencies };
}
