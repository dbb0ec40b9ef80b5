import { defineConfig, type ViteUserConfig } from "vitest/config";
import shared from "../vitest.shared.js";

/** The pages in Chromium, one file after the other. */
const config: ViteUserConfig = defineConfig({
  ...shared,
  test: { ...shared.test, include: ["src/browser/**/*.test.ts"], fileParallelism: false, reporters: ["default", ["json", { outputFile: "reports/e2e.json" }]] },
});
export default config;
