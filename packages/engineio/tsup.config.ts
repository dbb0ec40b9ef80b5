import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";

const config: Options = library(["index", "client", "server", "client.web", "static", "testing", "transport", "resilient", "resilient.web"]);
export default config;
