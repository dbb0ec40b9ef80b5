import type { Options } from "tsup";

/** The server: one file for Node; dependencies stay in node_modules, migrations in ./migrations beside dist. */
const config: Options = {
  entry: { main: "src/server/main.ts" },
  outDir: "dist/server",
  format: "esm",
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
};
export default config;
