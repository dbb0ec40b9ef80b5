import type { Options } from "tsup";
import { program } from "../../tsup.shared.js";

/** The program; its page is in dist/page. */
const config: Options = program({ market: "src/market.ts" }, "dist/node");
export default config;
