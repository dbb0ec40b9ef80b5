/**
 * check-types: what the `typecheck` scripts of all packages check, in one process. Prints findings and exits 1 when there are any.
 *
 * Usage: check-types [root]
 */
import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkTypes, typeChecks } from "./types.js";
import { readWorkspace } from "./workspace.js";

const root = resolve(process.argv[2] ?? resolve(dirname(fileURLToPath(import.meta.url)), "../../.."));
const checks = typeChecks(readWorkspace(root).packages);

const { findings, files } = checkTypes(root, checks.flatMap(({ configs }) => configs));
for (const finding of findings) console.error(finding);
const commands = checks.flatMap(({ folder, commands }) => commands.map((command) => ({ folder, command })));
const failed = commands.filter(({ folder, command }) => spawnSync(command, { cwd: join(root, folder), shell: true, stdio: "inherit" }).status !== 0);
for (const { folder, command } of failed) console.error(`${folder}: \`${command}\` failed`);

const counted = `${files} files of ${checks.length} packages`;
if (findings.length + failed.length === 0) {
  console.log(`types: in order (${counted})`);
} else {
  console.error(`\ntypes: ${findings.length + failed.length} broken (${counted})`);
  process.exitCode = 1;
}
