import type { Options } from "tsup";

/** File by file and without names kept: what a loader adds to closures would be measured with them. */
const config: Options = {
  entry: ["src/**/*.ts", "!src/**/*.test.ts"],
  format: "esm",
  target: "node20",
  bundle: false,
  clean: true,
  silent: true,
};
export default config;
