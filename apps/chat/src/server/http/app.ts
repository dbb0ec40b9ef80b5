/**
 * The HTTP side: the page, the session routes, the health check, and the headers that keep browsers safe.
 *
 * Room: server/http. Framework: Hono. Everything realtime is on the same port but not here.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Logger } from "pino";
import type { HostCheck } from "@x/app-base/hosts";
import { isSameOrigin, knownHostsOnly, pageHeaders } from "@x/app-base/page-security";
import { KeyedBuckets } from "@x/app-base/token-bucket";
import { type Refusal, signInSchema, type User } from "../../shared/contract.js";
import { limits } from "../../shared/limits.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Storage } from "../storage/storage.js";
import type { Assets } from "./assets.js";

export interface AppOptions {
  readonly storage: Storage;
  readonly sessions: Sessions;
  readonly assets: Assets;
  readonly logger: Logger;
  readonly publicUrl: URL | undefined;
  readonly isKnownHost: HostCheck;
  readonly trustProxy: boolean;
  /** Somebody new came: tell the room that everybody is in. */
  readonly onArrival: (user: User) => Promise<void>;
  /** A user signed out for good: close what they have open and tell the rooms they were in. */
  readonly onSignOut: (user: User, rooms: readonly string[]) => Promise<void>;
}

const BODY_BYTES = 4096;

export function createApp(options: AppOptions): Hono {
  const { storage, sessions, assets, logger } = options;
  const app = new Hono();
  app.use(pageHeaders({ isSecure: options.publicUrl?.protocol === "https:" }));
  app.get("/healthz", async (c) => {
    c.header("Cache-Control", "no-store");
    await storage.ping();
    return c.json({ status: "ok" });
  });
  app.use(knownHostsOnly(options.isKnownHost)); // but for the health check: machines ask by names of their own
  app.use("/api/*", bodyLimit({ maxSize: BODY_BYTES, onError: (c) => c.json(refusal("invalid", "That is too long."), 413) }), async (c, next) => {
    c.header("Cache-Control", "no-store");
    if (c.req.method !== "GET" && !isSameOrigin(c, options.publicUrl)) return c.json(refusal("invalid", "Requests from other sites are refused."), 403);
    return next();
  });
  app.get("/api/session", async (c) => {
    const user = await sessions.user(c.req.header("Cookie"));
    if (user !== undefined) c.header("Set-Cookie", sessions.cookieFor(user));
    return c.json({ user: user ?? null });
  });
  app.post("/api/session", signIn(options));
  app.delete("/api/session", async (c) => {
    const user = await sessions.user(c.req.header("Cookie"));
    if (user !== undefined) await options.onSignOut(user, await storage.users.release(user.id));
    c.header("Set-Cookie", sessions.endingCookie());
    return c.body(null, 204);
  });
  app.on(["GET", "HEAD"], "*", async (c, next) => assets.respond(c.req.raw) ?? next());
  app.notFound((c) => c.text("Not found\n", 404));
  app.onError((error, c) => {
    logger.error({ err: error, path: c.req.path }, "Request failed");
    return c.json(refusal("internal", "Something went wrong on our side. Please try again."), c.req.path === "/healthz" ? 503 : 500);
  });
  return app;
}

function signIn({ storage, sessions, trustProxy, onArrival, onSignOut }: AppOptions) {
  const attempts = new KeyedBuckets({ burst: limits.signInBurst, perSecond: limits.signInsPerSecond });
  return async (c: Context): Promise<Response> => {
    const retryAfterMs = attempts.take(addressOf(c, trustProxy));
    if (retryAfterMs > 0) {
      c.header("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
      return c.json({ error: { code: "rate-limited", message: "Too many attempts. Please wait a moment.", retryAfterMs } }, 429);
    }
    const input = signInSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!input.success) return c.json(refusal("invalid", `A name has ${limits.nameChars.min} to ${limits.nameChars.max} visible characters.`), 400);
    const former = await sessions.user(c.req.header("Cookie"));
    const user = former?.name === input.data.name ? former : await storage.users.claim(input.data.name);
    if (user === undefined) return c.json(refusal("name-taken", `Somebody else is “${input.data.name}” here. Please choose another name.`), 409);
    if (user.id !== former?.id) {
      await onArrival(user);
      if (former !== undefined) await onSignOut(former, await storage.users.release(former.id));
    }
    c.header("Set-Cookie", sessions.cookieFor(user));
    return c.json({ user }, 201);
  };
}

function refusal(code: Refusal["code"] | "name-taken", message: string): { error: { code: string; message: string } } {
  return { error: { code, message } };
}

function addressOf(c: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? c.req.header("X-Forwarded-For")?.split(",").at(-1)?.trim() : undefined;
  return forwarded ?? getConnInfo(c).remote.address ?? "unknown";
}
