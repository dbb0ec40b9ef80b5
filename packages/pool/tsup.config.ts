import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";

const config: Options = library(["index", "simple-ws", "resilient", "channels"]);
export default config;
