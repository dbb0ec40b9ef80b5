/** How packages and programs are built. */
import { resolve, sep } from "node:path";
import type { Options } from "tsup";
import ts from "typescript";

/**
 * ESM only, with source maps: for each source file one file of code, for each that the entries reach one of declarations.
 * Not bundled: users' bundlers leave out whole files of a package without side effects, but not parts of a shared chunk.
 */
export function library(entry: readonly string[]): Options & { onSuccess: () => Promise<void> } {
  return {
    entry: ["src/**/*.ts", "!src/**/*.test.ts"],
    bundle: false,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    onSuccess: () => {
      declare(entry.map((name) => `src/${name}.ts`));
      return Promise.resolve();
    },
  };
}

/** A program for Node: one file; what it depends on stays in node_modules, what it only develops with is compiled in. */
export const program: Options = { format: "esm", target: "node20", platform: "node", sourcemap: true, clean: true };

/**
 * Writes dist/….d.ts for the entries and every file of this package that they reach. TypeScript's own files, not a rollup of
 * them: a rollup turns types that a namespace re-exports into values. Whether the types are right is the type check's task.
 */
function declare(entries: readonly string[]): void {
  const folder = resolve("src") + sep;
  const config = ts.readConfigFile("tsconfig.json", (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ".");
  const program = ts.createProgram(entries, { ...options, noEmit: false, declaration: true, rootDir: "src", outDir: "dist" });
  for (const file of program.getSourceFiles()) {
    if (!resolve(file.fileName).startsWith(folder)) continue;
    const { diagnostics } = program.emit(file, undefined, undefined, true);
    if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, { getCurrentDirectory: () => resolve("."), getCanonicalFileName: (name) => name, getNewLine: () => "\n" }));
  }
}
