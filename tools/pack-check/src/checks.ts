/** What must hold for one packed package; each check says what it found. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { install, installedManifest, load, runExample, runProgram, typeCheck, type Consumer, type Tarballs, type Verdict } from "./consumer.js";
import { entriesWithoutPeers, entryNames, optionalPeers, unresolvedRanges } from "./manifest.js";
import { run } from "./processes.js";
import { packagesReached } from "./reach.js";
import { firstExample } from "./readme.js";

const here = dirname(fileURLToPath(import.meta.url));

export interface CheckResult {
  readonly package: string;
  readonly check: string;
  readonly milliseconds: number;
  /** What is wrong; `undefined` when the check passed. */
  readonly complaint: Verdict;
}

export interface Subject {
  readonly name: string;
  readonly tarball: string;
}

/** All checks of one package, in order; after a failed installation the rest would say nothing and is left out. */
export async function checkPackage(subject: Subject, tarballs: Tarballs, consumerFolder: string): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const check = async (name: string, work: () => Promise<Verdict> | Verdict): Promise<boolean> => {
    const startedAt = performance.now();
    const complaint = await work();
    results.push({ package: subject.name, check: name, milliseconds: Math.round(performance.now() - startedAt), complaint });
    return complaint === undefined;
  };
  const consumer: Consumer = { folder: consumerFolder, packageName: subject.name };
  await check("publint", () => lint(subject));
  if (!(await check("installs alone", () => install(consumer, tarballs)))) return results;
  const manifest = installedManifest(consumer);
  await check("ranges", () => unresolvedRanges(manifest).join("\n") || undefined);
  for (const program of Object.keys(manifest.bin ?? {})) await check(`${program} runs`, () => runProgram(consumer, program));
  if (entryNames(manifest).length > 0) await checkEntries(subject, consumer, tarballs, check);
  return results;
}

type Check = (name: string, work: () => Promise<Verdict> | Verdict) => Promise<boolean>;

/** What users import. */
async function checkEntries(subject: Subject, consumer: Consumer, tarballs: Tarballs, check: Check): Promise<void> {
  const manifest = installedManifest(consumer);
  const folder = join(consumer.folder, "node_modules", subject.name);
  const readme = join(folder, "README.md");
  const example = existsSync(readme) ? firstExample(readFileSync(readme, "utf8")) : undefined;
  const alone = entriesWithoutPeers(manifest, (target) => packagesReached(folder, target));
  await check("types resolve (attw)", () => attw(subject));
  await check("README's example", () => (example === undefined ? "there is no README.md with a ```ts block" : runExample(consumer, example.code)));
  await check("type-checks", () => typeCheck(consumer, alone, example?.code ?? "export {};\n"));
  await check("require() and import()", () => load(consumer, alone));
  const peers = optionalPeers(manifest);
  if (peers.length === 0) return;
  const all = entryNames(manifest);
  if (!(await check("installs with peers", () => install(consumer, tarballs, peers, manifest.peerDependencies)))) return;
  await check("type-checks with peers", () => typeCheck(consumer, all, "export {};\n", ["DOM"])); // which @msgpack/msgpack's declarations name
  await check("require() and import() with peers", () => load(consumer, all));
}

async function lint({ tarball }: Subject): Promise<Verdict> {
  const bytes = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) }, strict: true });
  return messages.map((message) => `${message.type}: ${formatMessage(message, pkg) ?? message.code}`).join("\n") || undefined;
}

/** Every entry's types as each resolver finds them; ESM only, so CommonJS resolution is not asked of it. */
async function attw({ tarball }: Subject): Promise<Verdict> {
  const program = join(here, "../node_modules/.bin/attw");
  const { code, output } = await run(program, [tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji"], { cwd: here });
  return code === 0 ? undefined : output;
}
