import react from "@vitejs/plugin-react";
import type { ViteUserConfig } from "vitest/config";
import { page } from "../../vite.shared.js";

const config: ViteUserConfig = page({
  root: "src/client",
  outDir: "../../dist/client",
  plugins: [react()],
  server: process.env["CHAT_SERVER"] ?? "http://127.0.0.1:3000",
  proxy: { "/api": {}, "/socket.io": { ws: true } },
});
export default config;
