/** How the applications' pages are built. */
import type { ViteUserConfig } from "vitest/config";

export interface Page {
  /** Folder of index.html. */
  readonly root: string;
  /** Where the built page goes, seen from {@link root}. */
  readonly outDir: string;
  readonly plugins: NonNullable<ViteUserConfig["plugins"]>;
  /** `vite` alone serves the page with hot reload beside this server… */
  readonly server: string;
  /** …to which these paths lead. */
  readonly proxy: Readonly<Record<string, { readonly ws?: boolean }>>;
}

export function page({ root, outDir, plugins, server, proxy }: Page): ViteUserConfig {
  return {
    root,
    publicDir: "../../../base/src/page/public",
    plugins,
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      cssTarget: ["chrome123", "firefox120", "safari17.5"], // light-dark() as it is written
      sourcemap: true,
      assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
    },
    server: { proxy: Object.fromEntries(Object.entries(proxy).map(([path, options]) => [path, { target: server, ...options }])) },
  };
}
