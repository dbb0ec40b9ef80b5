import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Browser tests: the built app in a child process, one Chromium, one file after the other. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    globalSetup: "e2e/setup.ts",
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "reports/e2e.json" }]],
  },
});
export default config;
