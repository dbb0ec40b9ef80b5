/**
 * The cookies of one client (RFC 6265), so that a load balancer's sticky session holds for polling and WebSocket alike.
 *
 * Room: engineio node. Kept for the client's own life, each for the host that set it and no other: there is nothing to share, so the
 * rules for wider domains, which need a list of public suffixes, are not needed either. A jar of the caller's takes its place.
 */
import type { CookieJar } from "@x/simple-ws/client";

/** RFC 6265 §6.1: what agents hold at least. */
const MAX_COOKIES = 50;
const MAX_COOKIE_LENGTH = 4096;

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  readonly isSecure: boolean;
  /** By the clock on the wall. */
  readonly expiresMs: number;
}

export class SessionCookies implements CookieJar {
  readonly #wallNowMs: () => number;
  readonly #cookies = new Map<string, Cookie>();

  constructor(wallNowMs: () => number = () => Date.now()) {
    this.#wallNowMs = wallNowMs;
  }

  /** @returns the `Cookie` field for a request to `url`; empty for none. */
  getCookieString(url: string): string {
    const { hostname, pathname, protocol } = new URL(url);
    const nowMs = this.#wallNowMs();
    return [...this.#cookies.values()]
      .filter(({ host, path, isSecure, expiresMs }) => host === hostname && covers(path, pathname) && (!isSecure || protocol === "https:") && expiresMs > nowMs)
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  /** Keeps one `Set-Cookie` field of an answer from `url`; what is malformed, too long, or meant for others is left out. */
  setCookie(field: string, url: string): void {
    const cookie = field.length > MAX_COOKIE_LENGTH ? undefined : parse(field, new URL(url), this.#wallNowMs());
    if (cookie === undefined) return;
    const key = [cookie.host, cookie.path, cookie.name].join(";"); // none of them can hold one
    this.#cookies.delete(key);
    if (cookie.expiresMs <= this.#wallNowMs()) return;
    this.#cookies.set(key, cookie);
    for (const oldest of this.#cookies.keys()) {
      if (this.#cookies.size <= MAX_COOKIES) return;
      this.#cookies.delete(oldest);
    }
  }
}

/** RFC 6265 §5.2. */
function parse(field: string, { hostname, pathname }: URL, nowMs: number): Cookie | undefined {
  const [pair = "", ...attributes] = field.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  // §4.1.1: neither part may hold controls, and a header with one could not be sent
  if (equals <= 0 || name === "" || /[\u0000-\u001f\u007f]/.test(name + value)) return undefined;
  const given = new Map(attributes.map((attribute) => splitAttribute(attribute)));
  const domain = given.get("domain")?.replace(/^\./, "").toLowerCase();
  if (domain !== undefined && domain !== "" && domain !== hostname && !hostname.endsWith(`.${domain}`)) return undefined;
  const path = given.get("path") ?? "";
  return {
    host: hostname,
    path: path.startsWith("/") ? path : defaultPath(pathname),
    name, value,
    isSecure: given.has("secure"),
    expiresMs: expiry(given.get("max-age"), given.get("expires"), nowMs),
  };
}

function splitAttribute(attribute: string): [string, string] {
  const equals = attribute.indexOf("=");
  return equals < 0 ? [attribute.trim().toLowerCase(), ""] : [attribute.slice(0, equals).trim().toLowerCase(), attribute.slice(equals + 1).trim()];
}

/** §5.3, item 3: `Max-Age` goes before `Expires`; without either a cookie lasts as long as the client. */
function expiry(maxAge: string | undefined, expires: string | undefined, nowMs: number): number {
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return nowMs + Number(maxAge) * 1000;
  const atMs = expires === undefined ? Number.NaN : Date.parse(expires);
  return Number.isNaN(atMs) ? Infinity : atMs;
}

/** §5.1.4. */
function defaultPath(pathname: string): string {
  return pathname.slice(0, Math.max(1, pathname.lastIndexOf("/")));
}

function covers(path: string, pathname: string): boolean {
  return pathname === path || (pathname.startsWith(path) && (path.endsWith("/") || pathname[path.length] === "/"));
}
