/**
 * Programs in processes of their own, as a reader would run them, but compiled once for all: a loader in every process costs a second each.
 *
 * What they import from this repository is compiled along with them, from its sources; what they import from elsewhere stays where it is.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

export interface Finished {
  readonly output: string;
  readonly failures: string;
  readonly exitCode: number | null;
}

export interface Programs {
  /** Starts the program that was given as `name`. */
  start(name: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** @returns what it wrote, once it has ended by itself. */
  run(name: string): Promise<Finished>;
  /** Ends what still runs. */
  dispose(): Promise<void>;
}

/**
 * @param names files of `folder`, ending in .ts.
 * @param tsconfig says what imports mean, by `paths`; default: the one that is found above each file.
 */
export async function compilePrograms(folder: string, names: readonly string[], tsconfig?: string): Promise<Programs> {
  const out = await realpath(await mkdtemp(join(tmpdir(), "programs-")));
  await build({
    entryPoints: names.map((name) => join(folder, name)), outbase: folder, outdir: out, outExtension: { ".js": ".mjs" },
    bundle: true, splitting: true, format: "esm", platform: "node", target: "node20", conditions: ["@x/source", "import", "node"],
    ...(tsconfig === undefined ? {} : { tsconfig }),
    plugins: [othersStay, filesKnowWhereTheyAre], logLevel: "error",
  });
  const running = new Set<ChildProcess>();
  const start = (name: string, args: readonly string[], options: SpawnOptions): ChildProcess => {
    const child = spawn(process.execPath, [join(out, name.replace(/\.ts$/, ".mjs")), ...args], options);
    running.add(child);
    child.once("exit", () => running.delete(child));
    return child;
  };
  return {
    start,
    run: async (name) => {
      const child = start(name, [], { stdio: ["ignore", "pipe", "pipe"] });
      const exited = new Promise<number | null>((resolve, reject) => child.once("exit", resolve).once("error", reject));
      const [output, failures, exitCode] = await Promise.all([child.stdout === null ? "" : text(child.stdout), child.stderr === null ? "" : text(child.stderr), exited]);
      return { output, failures, exitCode };
    },
    dispose: async () => {
      for (const child of running) child.kill("SIGKILL");
      await rm(out, { recursive: true, force: true });
    },
  };
}

/** Packages that are not this repository's: imported from where each importer finds them. */
const othersStay: Plugin = {
  name: "others stay",
  setup: (build) => {
    const asked = Symbol("asked");
    build.onResolve({ filter: /^[^./]/ }, async (wanted) => {
      if (wanted.pluginData === asked || wanted.kind === "entry-point") return undefined;
      const { importer, kind, resolveDir } = wanted;
      const { path, errors, external } = await build.resolve(wanted.path, { importer, kind, resolveDir, pluginData: asked });
      return path.includes("/node_modules/") ? { path: pathToFileURL(path).href, external: true } : { path, errors, external };
    });
  },
};

/** `import.meta` tells where the source is, not what was made of it. */
const filesKnowWhereTheyAre: Plugin = {
  name: "files know where they are",
  setup: (build) => {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href)).replaceAll("import.meta.dirname", JSON.stringify(dirname(path)));
      return { contents, loader: "ts" };
    });
  },
};
