/** `@x/engineio/static`: files beside the server, as python-engineio serves them; needs the package `send`. Room: entry. */
export { staticFiles } from "./node/static-files.js";
export type { StaticFile, StaticFiles, StaticHandler, StaticOptions } from "./node/static-files.js";
