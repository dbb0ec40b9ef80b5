/** Every rule over the module graph, in the order of the report. */
import type { Finding } from "../finding.js";
import type { ModuleGraph } from "../graph.js";
import { cyclesRule } from "./cycles.js";
import { exportMapsRule, topLevelAwaitRule } from "./export-maps.js";
import { declaredDependenciesRule, packageOrderRule } from "./package-order.js";
import { publicEntriesRule, publishedNamesRule } from "./public-entries.js";
import { entryFilesRule, nodeImportsRule, roomOrderRule } from "./room-order.js";

export const rules: readonly ((graph: ModuleGraph) => Finding[])[] = [
  packageOrderRule, declaredDependenciesRule, publicEntriesRule, publishedNamesRule,
  roomOrderRule, nodeImportsRule, entryFilesRule, cyclesRule, exportMapsRule, topLevelAwaitRule,
];

export function checkGraph(graph: ModuleGraph): Finding[] {
  return rules.flatMap((rule) => rule(graph));
}
