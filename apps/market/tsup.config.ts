import type { Options } from "tsup";
import { program } from "../../tsup.shared.js";

/** The program; its page is in dist/page. */
const config: Options = { ...program, entry: { market: "src/market.ts" }, outDir: "dist/node" };
export default config;
