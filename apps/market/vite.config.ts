import react from "@vitejs/plugin-react";
import { defineConfig, type UserConfig } from "vite";

/** The page. `vite` alone serves it with hot reload beside a gateway on MARKET_SERVER (default http://127.0.0.1:3100). */
const server = process.env["MARKET_SERVER"] ?? "http://127.0.0.1:3100";
const config: UserConfig = defineConfig({
  root: "src/page",
  publicDir: "public",
  plugins: [react()],
  build: {
    outDir: "../../dist/page",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is written
    sourcemap: true,
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
  },
  server: {
    proxy: {
      "/api": { target: server },
      "/feed": { target: server, ws: true },
    },
  },
});
export default config;
