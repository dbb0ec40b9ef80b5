import type { Options } from "tsup";

/** One program; dependencies stay in node_modules. */
const config: Options = { entry: ["src/xws.ts"], format: "esm", target: "node20", platform: "node", sourcemap: true, clean: true };
export default config;
