/**
 * The HTTP side of the gateway: the page, the fault switches, the health check, and the headers that keep browsers safe.
 *
 * Room: gateway. Framework: Hono.
 */
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { controlSchema } from "../shared/protocol.js";
import type { FaultSwitches } from "./faults.js";

const BODY_BYTES = 1_024;

export interface AppOptions {
  readonly switches: FaultSwitches;
  /** Folder of the built page. */
  readonly pageFolder: string;
}

export function createApp({ switches, pageFolder }: AppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders());
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.use("/api/*", bodyLimit({ maxSize: BODY_BYTES, onError: (c) => c.json({ error: "That is too long." }, 413) }), async (c, next) => {
    c.header("Cache-Control", "no-store");
    if (!isSameOrigin(c)) return c.json({ error: "Requests from other sites are refused." }, 403);
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

/** Browsers say where a request comes from; it must be this very page. */
function isSameOrigin(c: Context): boolean {
  const origin = c.req.header("Origin");
  if (origin === undefined) return (c.req.header("Sec-Fetch-Site") ?? "same-origin") === "same-origin";
  return URL.canParse(origin) && new URL(origin).host === c.req.header("Host");
}

function securityHeaders() {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], fontSrc: ["'self'"], imgSrc: ["'self'"],
      connectSrc: ["'self'"], formAction: ["'self'"], baseUri: ["'none'"], frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: false, microphone: false, geolocation: false, payment: false, usb: false },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    strictTransportSecurity: false, // plain HTTP on this machine
  });
}
