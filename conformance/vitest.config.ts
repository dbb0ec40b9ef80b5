import { configDefaults, mergeConfig, type ViteUserConfig } from "vitest/config";
import shared from "../vitest.shared.js";

/** Without the pages: they are `test:e2e`, which runs beside this. */
const config: ViteUserConfig = mergeConfig(shared, { test: { exclude: [...configDefaults.exclude, "src/browser/**"] } });
export default config;
