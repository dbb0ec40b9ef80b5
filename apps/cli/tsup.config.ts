import type { Options } from "tsup";
import { program } from "../../tsup.shared.js";

const config: Options = { ...program, entry: ["src/xws.ts"] };
export default config;
