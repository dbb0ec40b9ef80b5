import react from "@vitejs/plugin-react";
import type { ViteUserConfig } from "vitest/config";
import { page } from "../../vite.shared.js";

const config: ViteUserConfig = page({
  root: "src/page",
  outDir: "../../dist/page",
  plugins: [react()],
  server: process.env["MARKET_SERVER"] ?? "http://127.0.0.1:3100",
  proxy: { "/api": {}, "/feed": { ws: true } },
});
export default config;
