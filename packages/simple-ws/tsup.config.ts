import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";

const config: Options = library(["index", "client", "server", "memory", "client.web", "app", "app.web", "whatwg", "whatwg.web", "streams"]);
export default config;
