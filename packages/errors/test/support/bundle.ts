/** What esbuild makes of imports of this package: the code itself, its size, or a second copy of it, loaded. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const resolveDir = fileURLToPath(new URL("../../", import.meta.url));

/** @returns `contents`, bundled for browsers and minified. */
export async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir, loader: "ts" },
    bundle: true, minify: true, write: false, format: "esm", platform: "neutral", target: "es2022", conditions: ["@x/source"], logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
}

/** @returns bytes after minifying and gzip. */
export async function gzipSize(contents: string): Promise<number> {
  return gzipSync(await bundle(contents), { level: 9 }).length;
}

/** @returns the exports of `contents`, with a copy of this package that nobody else has. */
export async function load<Exports>(contents: string): Promise<Exports> {
  const code = `${await bundle(contents)}\n// ${crypto.randomUUID()}`;
  return await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`) as Exports;
}
