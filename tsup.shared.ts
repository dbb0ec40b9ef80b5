import type { Options } from "tsup";

/** How every published package is built: ESM only, shared chunks between entries, declarations, source maps. */
export function library(entry: readonly string[]): Options {
  return {
    entry: entry.map((name) => `src/${name}.ts`),
    format: "esm",
    target: "es2022",
    platform: "neutral",
    external: [/^node:/, /^@x\//],
    // tsup sets "baseUrl" for its declaration build, which TypeScript 6 reports as deprecated.
    dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
    sourcemap: true,
    clean: true,
    splitting: true,
  };
}
