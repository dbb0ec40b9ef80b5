import type { Options } from "tsup";
import { library } from "../../tsup.shared.js";
import { bundleForBrowsers } from "./browser-bundles.js";
import manifest from "./package.json" with { type: "json" };

const modules = library(["index", "client", "server", "by-sid", "admin", "adapter-contract", "testing", "simple-client", "msgpack"]);

const config: Options = {
  ...modules,
  onSuccess: async () => {
    await modules.onSuccess();
    await bundleForBrowsers(manifest.version);
  },
};
export default config;
