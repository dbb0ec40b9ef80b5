import type { Options } from "tsup";

/** The program: one file for Node; dependencies stay in node_modules, the page in dist/page. */
const config: Options = {
  entry: { market: "src/market.ts" },
  outDir: "dist/node",
  format: "esm",
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
};
export default config;
