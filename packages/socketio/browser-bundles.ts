/** The client in one file each, for `<script src>`, `<script type="module">` and CDNs. Part of the build. */
import { build, type BuildOptions } from "esbuild";

/** File below `dist/browser`, and how it is made; socket.io-client's names. */
const bundles: Readonly<Record<string, BuildOptions>> = {
  "socket.io.min.js": { entryPoints: ["src/web/script.ts"], format: "iife" },
  "socket.io.esm.min.js": { entryPoints: ["src/client.ts"], format: "esm" },
  "socket.io.msgpack.min.js": { entryPoints: ["src/web/msgpack-script.ts"], format: "iife" },
};

/**
 * Writes the files and their source maps.
 * @param conditions of the export maps of the packages it depends on; none is what users install.
 */
export async function bundleForBrowsers(version: string, folder = "dist/browser", conditions: readonly string[] = []): Promise<void> {
  await Promise.all(Object.entries(bundles).map(([name, options]) => build({
    ...options, outfile: `${folder}/${name}`, bundle: true, minify: true, sourcemap: true, legalComments: "none", conditions: [...conditions],
    platform: "browser", target: "es2022", banner: { js: `/*! @x/socketio ${version} ${name}, MIT license */` },
  })));
}
