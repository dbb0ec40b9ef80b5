/**
 * Client entries through esbuild, as a browser's bundler would take them: no platform, the export maps' default.
 *
 * check-rooms bundles sources (no build needed) and asks only whether it works; check-size bundles what is published.
 */
import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Message } from "esbuild";
import type { Finding } from "./finding.js";
import { packageNameOf } from "./graph.js";
import { neutralEntries } from "./layout.js";
import type { Workspace } from "./workspace.js";

/** Entries to bundle: {@link neutralEntries} with `/*` spelled out, of those packages that the workspace has. */
export function neutralEntriesOf(workspace: Workspace): string[] {
  return neutralEntries.flatMap((pattern) => {
    const name = packageNameOf(pattern);
    const owner = workspace.packages.find((entry) => entry.name === name);
    if (owner === undefined) return [];
    if (!pattern.endsWith("/*")) return [pattern];
    const subpaths = Object.keys(owner.manifest.exports ?? {}).filter((subpath) => subpath !== "." && subpath !== "./package.json");
    return subpaths.map((subpath) => name + subpath.slice(1));
  });
}

/**
 * Bundles each entry's sources without Node; what needs a Node module does not resolve.
 * @param resolveFrom folder whose node_modules has the packages.
 */
export async function neutralBundles(workspace: Workspace, resolveFrom: string): Promise<Finding[]> {
  const findings = await Promise.all(neutralEntriesOf(workspace).map(async (entry) => {
    const outcome = await build({ ...neutralOptions(entry, resolveFrom), conditions: ["@x/source"], write: false })
      .then(() => [], (error: unknown) => messagesOf(error));
    return outcome.map((message) => findingFrom(workspace, entry, message));
  }));
  return findings.flat();
}

export interface Size {
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
}

/** Size of a published entry with everything it pulls in, minified and gzipped (level 9). */
export async function sizeOf(entry: string, resolveFrom: string): Promise<Size> {
  const { outputFiles } = await build({ ...neutralOptions(entry, resolveFrom), minify: true, write: false });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return { minifiedBytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length };
}

function neutralOptions(entry: string, resolveFrom: string): BuildOptions & { write: false } {
  return {
    stdin: { contents: `export * from ${JSON.stringify(entry)};`, resolveDir: resolveFrom },
    bundle: true, format: "esm", platform: "neutral", target: "es2022", legalComments: "none", logLevel: "silent", write: false,
  };
}

function messagesOf(error: unknown): readonly Message[] {
  const messages = error instanceof Error && "errors" in error ? error.errors : undefined;
  if (Array.isArray(messages)) return messages as Message[];
  throw error;
}

function findingFrom(workspace: Workspace, entry: string, { text, location }: Message): Finding {
  const path = location?.file.split("\\").join("/") ?? "";
  const file = [...workspace.files.keys()].find((known) => path.endsWith(known)) ?? path;
  return {
    rule: "neutral-bundle", file: file === "" || file === "<stdin>" ? entry : file, line: location?.line ?? 1,
    problem: `${entry} does not bundle without Node: ${text}`,
    remedy: "keep Node modules in node rooms, and lead the export map's default to a neutral entry",
  };
}
