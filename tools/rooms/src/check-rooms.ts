/**
 * check-rooms: the house rules over this workspace. Prints findings and exits 1 when there are any.
 *
 * Usage: check-rooms [root]
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { neutralBundles, neutralEntriesOf } from "./bundle.js";
import { formatFindings } from "./finding.js";
import { buildGraph } from "./graph.js";
import { checkGraph, rules } from "./rules/index.js";
import { readWorkspace } from "./workspace.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(process.argv[2] ?? resolve(here, "../../.."));

const workspace = readWorkspace(root);
const graph = buildGraph(workspace);
const findings = [...checkGraph(graph), ...await neutralBundles(workspace, process.argv[2] === undefined ? here : root)];
const counted = `${String(graph.modules.length)} files, ${String(rules.length)} rules, ${String(neutralEntriesOf(workspace).length)} neutral bundles`;
if (findings.length === 0) {
  console.log(`rooms: in order (${counted})`);
} else {
  console.error(formatFindings(findings));
  console.error(`\nrooms: ${String(findings.length)} broken (${counted}). The rules: ARCHITECTURE.md, tools/rooms/src/layout.ts.`);
  process.exitCode = 1;
}
