/**
 * The cookie that a handshake may set, for load balancers that route by it.
 *
 * Room: engineio node. RFC 6265 §4.1.
 */
import { EngineIOError } from "@x/errors/engineio";

export interface CookieOptions {
  /** Default `io`. */
  readonly name?: string | undefined;
  /** Default `/`; `false` leaves it out. */
  readonly path?: string | false | undefined;
  /** Default `true`. */
  readonly httpOnly?: boolean | undefined;
  /** Default `lax`. */
  readonly sameSite?: boolean | "strict" | "lax" | "none" | undefined;
  /** Only over https. Default `false`. */
  readonly secure?: boolean | undefined;
  /** Default: the host alone. */
  readonly domain?: string | undefined;
  /** How long it lasts. Seconds. Default: until the browser ends. */
  readonly maxAge?: number | undefined;
  /** Default: when the browser ends. */
  readonly expires?: Date | undefined;
}

/** Attributes of `options` for the option `cookie`, or `undefined` when there is to be none. */
export function parseCookie(option: boolean | string | CookieOptions | undefined): CookieOptions | undefined {
  if (option === undefined || option === false) return undefined;
  const given: CookieOptions = typeof option === "object" ? option : option === true ? {} : { name: option };
  const parsed = { name: "io", path: "/", httpOnly: true, sameSite: "lax", ...given } as const;
  serializeCookie(parsed, "check"); // a bad attribute is the application's fault: say so now, not at the first handshake
  return parsed;
}

const token = /^[\w!#$%&'*.^`|~+-]+$/;
const attribute = /^[\x20-\x3a\x3c-\x7e]*$/;

/** @throws {EngineIOError} `engineio/invalid-option` for a name or attribute that no header can carry. */
export function serializeCookie(options: CookieOptions, value: string): string {
  const { name = "io", path, httpOnly, sameSite, secure, domain, maxAge, expires } = options;
  if (!token.test(name)) throw invalid("name", name);
  let cookie = `${name}=${encodeURIComponent(value)}`;
  if (maxAge !== undefined) cookie += `; Max-Age=${Math.trunc(maxAge)}`;
  if (domain !== undefined) cookie += `; Domain=${checked("domain", domain)}`;
  if (path !== undefined && path !== false) cookie += `; Path=${checked("path", path)}`;
  if (expires !== undefined) cookie += `; Expires=${expires.toUTCString()}`;
  if (httpOnly === true) cookie += "; HttpOnly";
  if (secure === true) cookie += "; Secure";
  if (sameSite !== undefined && sameSite !== false) cookie += `; SameSite=${sameSiteName(sameSite)}`;
  return cookie;
}

function sameSiteName(value: true | "strict" | "lax" | "none"): string {
  return value === true ? "Strict" : value.charAt(0).toUpperCase() + value.slice(1);
}

function checked(name: string, value: string): string {
  if (attribute.test(value)) return value;
  throw invalid(name, value);
}

function invalid(name: string, value: string): EngineIOError {
  return new EngineIOError(`Cannot use option cookie.${name}: ${JSON.stringify(value)} does not fit into a header`, { code: "engineio/invalid-option" });
}
