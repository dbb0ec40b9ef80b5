import { defineConfig, mergeConfig, type ViteUserConfig } from "vitest/config";

/** Without `import`: these reach Node itself, which chooses between `import` and `require`; CommonJS would get ES modules. */
const conditions = ["@x/source", "node"];

/** Every suite runs against the packages' sources, so that no stale build can pass or fail a test. */
const shared: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    environment: "node",
    // Ends what hangs. Not a word about speed: many suites share the machine, and whoever is slow there is not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default", ["json", { outputFile: "reports/vitest.json" }]],
  },
});
export default shared;

/** Suites in browsers: built programs in child processes, one Chromium, one file after the other. */
export const inBrowsers: ViteUserConfig = defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", ["json", { outputFile: "reports/e2e.json" }]],
  },
});

/** For packages without sockets and timers of their own, which leave nothing behind in a process: their suites share one, for a third of the cost. */
export const pure: ViteUserConfig = mergeConfig(shared, { test: { isolate: false } });
