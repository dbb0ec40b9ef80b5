/**
 * An empty folder that installs one packed package as a user would: npm, the tarball, and nothing that it does not declare.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { PackedManifest } from "./manifest.js";
import { run } from "./processes.js";

const here = dirname(fileURLToPath(import.meta.url));
const tools = join(here, "../node_modules");

export interface Consumer {
  readonly folder: string;
  readonly packageName: string;
}

/** Tarballs of all published packages by name; siblings are installed from here instead of the registry. */
export type Tarballs = ReadonlyMap<string, string>;

/** A complaint in words, or `undefined` when all is well. */
export type Verdict = string | undefined;

/**
 * Writes the consumer's manifest and installs.
 * @param extra further packages that the user installs, such as a peer.
 * @param ranges which versions of them, where they are not ours.
 */
export async function install({ folder, packageName }: Consumer, tarballs: Tarballs, extra: readonly string[] = [], ranges: Readonly<Record<string, string>> = {}): Promise<Verdict> {
  const file = (name: string): string => (tarballs.has(name) ? `file:${tarballs.get(name) ?? ""}` : ranges[name] ?? "*");
  const direct = [packageName, ...extra];
  const siblings = [...tarballs.keys()].filter((name) => !direct.includes(name));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({
    name: "consumer", private: true, type: "module",
    dependencies: Object.fromEntries(direct.map((name) => [name, file(name)])),
    overrides: Object.fromEntries(siblings.map((name) => [name, file(name)])),
  }));
  const { code, output } = await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"], { cwd: folder });
  return code === 0 ? undefined : output;
}

export function installedManifest({ folder, packageName }: Consumer): PackedManifest {
  return JSON.parse(readFileSync(join(folder, "node_modules", packageName, "package.json"), "utf8")) as PackedManifest;
}

/**
 * Type-checks imports of `entries` and the README's program, declarations of the package included (skipLibCheck off).
 * @param platform further libraries of TypeScript's, for packages of others whose declarations need them.
 */
export async function typeCheck({ folder }: Consumer, entries: readonly string[], example: string, platform: readonly string[] = []): Promise<Verdict> {
  writeFileSync(join(folder, "entries.ts"), entries.map((entry, index) => `import * as entry${String(index)} from ${JSON.stringify(entry)};\nvoid entry${String(index)};\n`).join(""));
  writeFileSync(join(folder, "example.ts"), example);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({
    compilerOptions: {
      module: "NodeNext", moduleResolution: "NodeNext", target: "ES2023", lib: ["ES2023", "ESNext.Disposable", ...platform], strict: true, skipLibCheck: false, skipDefaultLibCheck: true,
      noEmit: true, types: ["node"], typeRoots: [join(tools, "@types")],
    },
    files: ["entries.ts", "example.ts"],
  }));
  const { code, output } = await run(process.execPath, [join(tools, "typescript/bin/tsc"), "-p", "tsconfig.json", "--pretty", "false"], { cwd: folder });
  return code === 0 ? undefined : output;
}

/** Runs the README's program; it must end by itself with code 0 and have printed something. */
export async function runExample({ folder }: Consumer, example: string): Promise<Verdict> {
  const { outputText } = ts.transpileModule(example, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true } });
  writeFileSync(join(folder, "example.js"), outputText);
  const { code, output, stdout } = await run(process.execPath, ["example.js"], { cwd: folder });
  if (code !== 0) return `the README's program ended with code ${String(code)}:\n${output}`;
  return stdout.trim() === "" ? "the README's program printed nothing" : undefined;
}

/** What a program must do for whoever has just installed it, beside printing its help. */
const trials: Readonly<Record<string, string>> = {
  xws: `
    xws echo --port 0 2> echo.log & server=$!
    trap 'kill $server' EXIT
    for _ in $(seq 600); do url=$(grep -o 'ws://.*' echo.log) && break; sleep 0.1; done
    test "$(xws "$url" -x hello --count 1 -w 60)" = hello`,
};

/** Runs an installed program: `--help`, and what else is asked of it. */
export async function runProgram({ folder }: Consumer, program: string): Promise<Verdict> {
  const script = [`export PATH="$PWD/node_modules/.bin:$PATH"; set -e; ${program} --help`, trials[program] ?? ""].join("\n");
  const { code, output, stdout } = await run("bash", ["-c", script], { cwd: folder });
  if (code !== 0) return `${program} ended with code ${String(code)}:\n${output}`;
  return stdout.startsWith("Usage:") ? undefined : `${program} --help printed no usage:\n${output}`;
}

const LOADER = `
for (const name of process.argv.slice(2)) {
  const required = require(name);
  import(name).then((imported) => {
    const isNamed = "module.exports" in imported; // what require() gives: in place of a module with a default and this
    if (isNamed && required !== imported["module.exports"]) { console.error(name + ": require() does not give its module.exports"); process.exitCode = 1; }
    const missing = Object.keys(imported).filter((key) => !(key in required) && !(isNamed && ["default", "module.exports"].includes(key)));
    if (missing.length > 0) { console.error(name + ": require() lacks " + missing.join(", ")); process.exitCode = 1; }
    if (Object.keys(imported).length === 0) { console.error(name + " exports nothing"); process.exitCode = 1; }
  });
}
`;

/** Loads every entry by `require()` and by `import()` in one process; both must give the same names, and the process must end. */
export async function load({ folder }: Consumer, entries: readonly string[]): Promise<Verdict> {
  writeFileSync(join(folder, "load.cjs"), LOADER);
  const { code, output } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", "load.cjs", ...entries], { cwd: folder });
  return code === 0 ? undefined : output;
}

