/**
 * pack-check: every published package packed, linted, installed alone into an empty folder, type-checked, run and required.
 *
 * Needs the packages built. Writes reports/pack-check.json and exits 1 when anything is wrong. Private tool, Node only.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, type CheckResult, type Subject } from "./checks.js";
import { run } from "./processes.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../../..");

interface Listed { readonly name: string; readonly folder: string }

function publishedPackages(): Listed[] {
  return ["packages", "apps"].flatMap((parent) => readdirSync(join(root, parent)).map((entry) => join(root, parent, entry))).flatMap((folder): Listed[] => {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string; private?: boolean };
    return manifest.private === true ? [] : [{ name: manifest.name, folder }];
  });
}

/** turbo builds what this tool depends on; a package left out here would be packed as it happens to lie there. */
function requireDependency(packages: readonly Listed[]): void {
  const { devDependencies } = JSON.parse(readFileSync(join(here, "../package.json"), "utf8")) as { devDependencies: Record<string, string> };
  const missing = packages.filter(({ name }) => !(name in devDependencies));
  if (missing.length > 0) throw new Error(`Add to devDependencies of tools/pack-check/package.json: ${missing.map(({ name }) => name).join(", ")}`);
}

async function pack({ name, folder }: Listed, target: string): Promise<Subject> {
  const { code, stdout, output } = await run("pnpm", ["pack", "--json", "--pack-destination", target], { cwd: folder });
  if (code !== 0) throw new Error(`pnpm pack failed in ${folder}:\n${output}`);
  const { filename } = JSON.parse(stdout) as { filename: string };
  return { name, tarball: resolve(target, filename) };
}

/** Runs `work` over `items`, a few at a time. @returns results in the items' order. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return results;
}

function print(results: readonly CheckResult[]): void {
  for (const { package: name, check, milliseconds, complaint } of results) {
    console.log(`${complaint === undefined ? "ok    " : "FAILED"}  ${name}  ${check}  ${(milliseconds / 1000).toFixed(1)} s`);
    if (complaint !== undefined) console.log(complaint.trimEnd().replace(/^/gm, "        "));
  }
}

const scratch = mkdtempSync(join(tmpdir(), "pack-check-"));
try {
  const packages = publishedPackages();
  requireDependency(packages);
  const subjects = await inParallel(packages, (listed) => pack(listed, scratch));
  const tarballs = new Map(subjects.map(({ name, tarball }) => [name, tarball]));
  const checked = await inParallel(subjects, async (subject) => {
    const results = await checkPackage(subject, tarballs, join(scratch, subject.name.replace("/", "-")));
    print(results);
    return results;
  });
  const results = checked.flat();
  const failed = results.filter(({ complaint }) => complaint !== undefined).length;
  mkdirSync(join(here, "../reports"), { recursive: true });
  writeFileSync(join(here, "../reports/pack-check.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  console.log(`pack-check: ${String(subjects.length)} packages, ${String(results.length - failed)} checks passed, ${String(failed)} failed`);
  if (failed > 0) process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true });
}
