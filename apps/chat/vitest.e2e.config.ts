import { mergeConfig, type ViteUserConfig } from "vitest/config";
import { inBrowsers } from "../../vitest.shared.js";

const config: ViteUserConfig = mergeConfig(inBrowsers, { test: { globalSetup: "e2e/setup.ts" } });
export default config;
