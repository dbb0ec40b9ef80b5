/**
 * What keeps a page's server safe from other sites' pages: the headers of every answer, and who is answered at all.
 *
 * Room: server. Framework: Hono.
 */
import type { Context, MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { type HostCheck, UNKNOWN_HOST } from "./hosts.js";

/** @param isSecure browsers are to come by https from now on. */
export function pageHeaders({ isSecure }: { readonly isSecure: boolean }): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"], scriptSrc: ["'self'"], styleSrc: ["'self'"], fontSrc: ["'self'"], imgSrc: ["'self'"], manifestSrc: ["'self'"],
      connectSrc: ["'self'"], formAction: ["'self'"], baseUri: ["'none'"], frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: false, microphone: false, geolocation: false, payment: false, usb: false },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    crossOriginOpenerPolicy: "same-origin",
    crossOriginResourcePolicy: "same-origin",
    strictTransportSecurity: isSecure ? "max-age=31536000" : false,
  });
}

/** Answers 403, and what to do, to requests under another name. */
export function knownHostsOnly(isKnown: HostCheck): MiddlewareHandler {
  return async (c, next) => (isKnown(c.req.header("Host")) ? next() : c.text(`${UNKNOWN_HOST}\n`, 403));
}

/**
 * Browsers say where a request comes from; what is not a browser carries no cookie that could be abused.
 * @param publicUrl the address users type, where a proxy changes `Host`.
 */
export function isSameOrigin(c: Context, publicUrl?: URL): boolean {
  const origin = c.req.header("Origin");
  if (origin === undefined) return (c.req.header("Sec-Fetch-Site") ?? "same-origin") === "same-origin";
  return origin === publicUrl?.origin || (URL.canParse(origin) && new URL(origin).host === c.req.header("Host"));
}
