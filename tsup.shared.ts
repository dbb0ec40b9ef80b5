/** How every published package is built. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Options } from "tsup";
import ts from "typescript";

/** ESM only, shared chunks between entries, source maps, and one declaration file per source file. */
export function library(entry: readonly string[]): Options {
  const sources = entry.map((name) => `src/${name}.ts`);
  return {
    entry: sources,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: [/^node:/, /^@x\//],
    sourcemap: true,
    clean: true,
    splitting: true,
    onSuccess: () => {
      declare(sources);
      return Promise.resolve();
    },
  };
}

/**
 * Writes dist/….d.ts for the entries and everything that their types reach. `isolatedDeclarations` makes each file's
 * declarations a matter of its own text, so nothing is resolved or checked here: that is the type check's task.
 */
function declare(entries: readonly string[]): void {
  const files = new Set(entries);
  for (const file of files) {
    const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(file, "utf8"), { fileName: file, reportDiagnostics: true, compilerOptions: options });
    if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, { getCurrentDirectory: () => "", getCanonicalFileName: (name) => name, getNewLine: () => "\n" }));
    const target = join("dist", relative("src", file)).replace(/\.ts$/, ".d.ts");
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const { fileName } of ts.preProcessFile(outputText).importedFiles) {
      if (fileName.startsWith(".")) files.add(join(dirname(file), fileName.replace(/\.js$/, ".ts")));
    }
  }
}

const options: ts.CompilerOptions = {
  declaration: true, isolatedDeclarations: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true, stripInternal: true,
};
