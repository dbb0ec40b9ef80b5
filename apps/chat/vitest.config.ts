import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../../vitest.shared.js";

/** Like every package's, but Node itself chooses between `import` and `require` in dependencies: pg is CommonJS. */
const conditions = ["@x/source", "node"];
const config: ViteUserConfig = mergeConfig(
  { ...shared, ssr: {} },
  defineConfig({ ssr: { resolve: { conditions, externalConditions: conditions } } }),
);
export default config;
