/** Inside a package: core ← shell ← node | web | memory ← entry files. Tests may look into every room. */
import type { Finding } from "../finding.js";
import type { Import, Module, ModuleGraph } from "../graph.js";
import { libraryRooms, nodeRooms, roomFolders, roomOrder } from "../layout.js";

const published = (graph: ModuleGraph): Module[] => graph.modules.filter((module) => module.package.isPublished && !module.isTest && module.room !== "outside");

/** Every file stands in a room, once its package has any, and rooms import in one direction. */
export function roomOrderRule(graph: ModuleGraph): Finding[] {
  const withRooms = new Set(graph.modules.filter(({ room }) => roomFolders.includes(room)).map((module) => module.package));
  const shipped = published(graph);
  const homeless = shipped.filter((module) => module.room === "flat" && withRooms.has(module.package)).map(({ file }): Finding => ({
    rule: "room-order", file, line: 1,
    problem: "the file stands in no room",
    remedy: `move it into one of: ${roomFolders.join(", ")}; a new kind of room is a row in tools/rooms/src/layout.ts`,
  }));
  return [...homeless, ...shipped.flatMap((module) => module.imports.flatMap((site) => checkRoom(graph, module, site)))];
}

/** Only node rooms name Node's modules, as types too; nothing but node rooms and codecs brings in packages that are not ours. */
export function nodeImportsRule(graph: ModuleGraph): Finding[] {
  return published(graph).filter(({ room }) => !nodeRooms.includes(room)).flatMap((module) => module.imports.flatMap(({ target, line, specifier }): Finding[] => {
    if (target.kind === "builtin") {
      return [{
        rule: "node-imports", file: module.file, line,
        problem: `room "${module.room}" imports Node's "${specifier}"`,
        remedy: "declare a port in core or shell and implement it in the package's node room",
      }];
    }
    if (target.kind !== "external" || module.room === "entry" || libraryRooms.includes(module.room)) return [];
    return [{
      rule: "node-imports", file: module.file, line,
      problem: `room "${module.room}" imports the foreign package "${specifier}"`,
      remedy: "neutral rooms use our own packages only; take what is needed as an argument or a port",
    }];
  }));
}

/** Entry files hold re-exports only. */
export function entryFilesRule(graph: ModuleGraph): Finding[] {
  return published(graph).flatMap((module): Finding[] => {
    const line = module.scan.firstOwnStatementLine;
    if (module.room !== "entry" || line === undefined) return [];
    return [{
      rule: "entry-files", file: module.file, line,
      problem: "an entry file holds a statement of its own",
      remedy: "move it into a room and re-export it: export { … } from \"./core/….js\"",
    }];
  });
}

function checkRoom(graph: ModuleGraph, module: Module, { target, line, specifier }: Import): Finding[] {
  const imported = target.kind === "file" ? graph.byFile.get(target.file) : undefined;
  if (imported?.package !== module.package) return [];
  if (imported.isTest) {
    return [{
      rule: "room-order", file: module.file, line,
      problem: `a shipped file imports the test file "${specifier}"`,
      remedy: "move what both need into a file that is not a test",
    }];
  }
  if (roomOrder[module.room].includes(imported.room)) return [];
  return [{
    rule: "room-order", file: module.file, line,
    problem: `room "${module.room}" imports room "${imported.room}" ("${specifier}")`,
    remedy: `"${module.room}" may import only: ${roomOrder[module.room].join(", ")}; move the shared noun down into core, or take it through a port`,
  }];
}
