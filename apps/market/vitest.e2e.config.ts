import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Browser tests: the built program in a child process, one Chromium, one file after the other. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "reports/e2e.json" }]],
  },
});
export default config;
