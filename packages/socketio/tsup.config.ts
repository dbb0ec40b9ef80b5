import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";

const config: Options = library(["index", "client", "server", "by-sid", "admin", "adapter-contract", "testing", "simple-client", "msgpack"]);
export default config;
