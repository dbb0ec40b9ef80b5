import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";

const config: Options = library(["index", "wsframe", "simple-ws", "engineio", "socketio", "pool", "retry", "circuit-breaker", "error-logger", "handlers", "clock", "emitter", "registry", "data-copy"]);
export default config;
