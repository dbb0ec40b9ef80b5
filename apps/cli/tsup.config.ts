import type { Options } from "tsup";
import { program } from "../../tsup.shared.js";

const config: Options = program({ xws: "src/xws.ts" }, "dist");
export default config;
