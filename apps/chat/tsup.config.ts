import type { Options } from "tsup";
import { program } from "../../tsup.shared.js";

/** The server; migrations are read from ./migrations beside dist. */
const config: Options = { ...program, entry: { main: "src/server/main.ts" }, outDir: "dist/server" };
export default config;
