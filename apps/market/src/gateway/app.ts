/**
 * The HTTP side of the gateway: the page, the fault switches, the health check, and the headers that keep browsers safe.
 *
 * Room: gateway. Framework: Hono.
 */
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import type { HostCheck } from "@x/app-base/hosts";
import { isSameOrigin, knownHostsOnly, pageHeaders } from "@x/app-base/page-security";
import { controlSchema } from "../shared/protocol.js";
import type { FaultSwitches } from "./faults.js";

const BODY_BYTES = 1_024;

export interface AppOptions {
  readonly switches: FaultSwitches;
  /** Folder of the built page. */
  readonly pageFolder: string;
  readonly publicUrl: URL | undefined;
  readonly isKnownHost: HostCheck;
}

export function createApp({ switches, pageFolder, publicUrl, isKnownHost }: AppOptions): Hono {
  const app = new Hono();
  app.use(pageHeaders({ isSecure: publicUrl?.protocol === "https:" }));
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.use(knownHostsOnly(isKnownHost)); // but for the health check: machines ask by names of their own
  app.use("/api/*", bodyLimit({ maxSize: BODY_BYTES, onError: (c) => c.json({ error: "That is too long." }, 413) }), async (c, next) => {
    c.header("Cache-Control", "no-store");
    if (!isSameOrigin(c, publicUrl)) return c.json({ error: "Requests from other sites are refused." }, 403);
    return next();
  });
  app.post("/api/faults", async (c) => {
    const change = controlSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!change.success) return c.json({ error: "Not a change of faults." }, 400);
    return c.json(await switches.change(change.data));
  });
  app.use("*", compress(), serveStatic({
    root: pageFolder,
    onFound: (path, c) => c.header("Cache-Control", path.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache"),
  }));
  app.notFound((c) => c.text("Not found\n", 404));
  app.onError((error, c) => {
    console.error(`${c.req.method} ${c.req.path}:`, error);
    return c.json({ error: "The exchange cannot be reached." }, 502);
  });
  return app;
}
