/**
 * Cookies of a client (RFC 6265): the jar knows the rules, this file only when to ask it.
 *
 * Room: simple-ws node. A jar belongs to whoever made it; nothing is kept for the process.
 */
import type { Headers } from "../core/handshake/headers.js";
import type { WebSocketUrl } from "../core/url.js";

/** What is used of a jar: the `CookieJar` of `tough-cookie` is one. URLs are `http:` or `https:`. */
export interface CookieJar {
  getCookieString(url: string): string | Promise<string>;
  /** Must leave out what does not belong to the URL's host; with `ignoreError` it does so quietly. */
  setCookie(cookie: string, url: string, options: { readonly ignoreError: boolean }): unknown;
}

/** Cookies know nothing of `ws:`. */
function httpUrl({ href }: WebSocketUrl): string {
  return href.replace(/^ws/, "http");
}

/** The `Cookie` field of a request, `undefined` for none. */
export async function cookiesFor(url: WebSocketUrl, own: string | undefined, jar: CookieJar | undefined): Promise<string | undefined> {
  const kept = await jar?.getCookieString(httpUrl(url));
  const all = [own, kept].filter((cookie) => cookie !== undefined && cookie !== "").join("; ");
  return all === "" ? undefined : all;
}

/** Keeps what an answer sets, whatever its status. */
export async function keepCookies(url: WebSocketUrl, headers: Headers, jar: CookieJar | undefined): Promise<void> {
  for (const cookie of headers["set-cookie"]?.split("\n") ?? []) await jar?.setCookie(cookie, httpUrl(url), { ignoreError: true });
}
