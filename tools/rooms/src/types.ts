/**
 * Types of the whole workspace in one process: what `typecheck` of every package says, for a third of the time.
 *
 * A compiler of its own for each package parses the same libraries and checks the same dependencies (which resolve to sources) again.
 * Here parsed files are shared, as an editor shares them, and a file is checked under the configurations that name it only.
 */
import { join } from "node:path";
import ts from "typescript";
import type { Package } from "./workspace.js";

/** What a package's `typecheck` script does, so that this check and the script cannot drift apart. */
export interface TypeCheck {
  readonly folder: string;
  /** Paths of the configurations that `tsc -p` names, from the root. */
  readonly configs: readonly string[];
  /** What else the script runs, such as another version of the compiler: for a shell in the folder. */
  readonly commands: readonly string[];
}

/** One for each package with a `typecheck` script. */
export function typeChecks(packages: readonly Package[]): TypeCheck[] {
  return packages.flatMap(({ folder, manifest }) => {
    const script = manifest.scripts?.["typecheck"];
    if (script === undefined) return [];
    const steps = script.split(" && ").map((command) => ({ command, config: /^tsc -p (\S+)$/.exec(command)?.[1] }));
    return [{
      folder,
      configs: steps.flatMap(({ config }) => (config === undefined ? [] : [join(folder, config)])),
      commands: steps.flatMap(({ command, config }) => (config === undefined ? [command] : [])),
    }];
  });
}

/** What the compiler finds. */
export interface Checked {
  /** Lines as `tsc` writes them, sorted, each once. */
  readonly findings: readonly string[];
  readonly files: number;
}

/**
 * Checks every file that a configuration names under that configuration; one that none names, but that a program reaches, under the
 * first that reaches it. Declarations of libraries are left out, as by `skipLibCheck`.
 *
 * @param root absolute; `configs` are paths from there, and so are those of findings
 * @throws {TypeError} when a configuration cannot be read.
 */
export function checkTypes(root: string, configs: readonly string[]): Checked {
  const parsed = configs.map((config) => parseConfig(join(root, config)));
  const named = new Set(parsed.flatMap(({ fileNames }) => fileNames));
  const registry = ts.createDocumentRegistry(ts.sys.useCaseSensitiveFileNames, root);
  const diagnostics: ts.Diagnostic[] = [];
  let files = 0;
  for (const { fileNames, options, errors } of parsed) {
    const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors, host: sharingHost(options, registry) });
    const own = new Set(fileNames);
    const checked = program.getSourceFiles().filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file) && (own.has(file.fileName) || !named.has(file.fileName)));
    for (const { fileName } of checked) named.add(fileName);
    files += checked.length;
    diagnostics.push(...program.getConfigFileParsingDiagnostics(), ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics());
    for (const file of checked) diagnostics.push(...diagnose(program, file));
  }
  return { findings: format(root, diagnostics), files };
}

function parseConfig(path: string): ts.ParsedCommandLine {
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new TypeError(`${path}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    },
  });
  if (parsed === undefined) throw new TypeError(`${path}: unreadable`);
  return parsed;
}

/** A compiler's host that takes parsed files from the registry, which keeps those apart that options make differ. */
function sharingHost(options: ts.CompilerOptions, registry: ts.DocumentRegistry): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  return {
    ...host,
    getSourceFile: (fileName, languageVersion) => {
      const text = host.readFile(fileName);
      if (text === undefined) return undefined;
      return registry.acquireDocument(fileName, options, ts.ScriptSnapshot.fromString(text), "1", undefined, languageVersion);
    },
  };
}

function diagnose(program: ts.Program, file: ts.SourceFile): readonly ts.Diagnostic[] {
  const { declaration } = program.getCompilerOptions();
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file), ...(declaration === true ? program.getDeclarationDiagnostics(file) : [])];
}

function format(root: string, diagnostics: readonly ts.Diagnostic[]): string[] {
  const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name: string) => name, getNewLine: () => "\n" };
  const lines = ts.sortAndDeduplicateDiagnostics(diagnostics).map((diagnostic) => ts.formatDiagnostic(diagnostic, host).trimEnd());
  return [...new Set(lines)];
}
