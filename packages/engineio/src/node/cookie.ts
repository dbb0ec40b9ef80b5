/**
 * The cookie that a handshake may set, for load balancers that route by it.
 *
 * Room: engineio node. RFC 6265 §4.1; `Partitioned` and `Priority` as browsers know them.
 */
import type { IncomingMessage } from "node:http";
import { EngineIOError } from "@x/errors/engineio";

/** A value, or a function that is asked at each handshake. */
export type CookieAttribute<Value> = Value | undefined | ((request: IncomingMessage) => Value | undefined);

export interface CookieOptions {
  /** Default `io`. */
  readonly name?: string | undefined;
  /** Default `/`; `false` leaves it out. */
  readonly path?: CookieAttribute<string | false>;
  /** Default `true`. */
  readonly httpOnly?: CookieAttribute<boolean>;
  /** Default `lax`. */
  readonly sameSite?: CookieAttribute<boolean | "strict" | "lax" | "none">;
  /** Sent back over https only? Default `false`. */
  readonly secure?: CookieAttribute<boolean>;
  /** Default: the host that answers. */
  readonly domain?: CookieAttribute<string>;
  /** Seconds. Default: as long as the browser runs. */
  readonly maxAge?: CookieAttribute<number>;
  /** Default: as long as the browser runs. */
  readonly expires?: CookieAttribute<Date>;
  /** One cookie per embedding site? Default `false`. */
  readonly partitioned?: CookieAttribute<boolean>;
  /** Which cookies a browser gives up first. Default: the browser's own. */
  readonly priority?: CookieAttribute<"low" | "medium" | "high">;
}

/** Attributes of `options` for the option `cookie`, or `undefined` when there is to be none. */
export function parseCookie(option: boolean | string | CookieOptions | undefined): CookieOptions | undefined {
  if (option === undefined || option === false) return undefined;
  const given: CookieOptions = typeof option === "object" ? option : option === true ? {} : { name: option };
  const parsed = { name: "io", path: "/", httpOnly: true, sameSite: "lax", ...given } as const;
  const fixed = Object.entries(parsed).filter(([, value]) => typeof value !== "function");
  serialize(Object.fromEntries(fixed), "check"); // a bad attribute is the application's fault: say so now, not at the first handshake
  return parsed;
}

/**
 * @returns a `Set-Cookie` field; functions among the attributes are called with `request`.
 * @throws {EngineIOError} `engineio/invalid-option` for a name or attribute that no header can carry, and what such a function throws.
 */
export function serializeCookie(options: CookieOptions, value: string, request: IncomingMessage): string {
  const resolved = Object.entries(options).map(([name, attribute]: [string, unknown]) => [name, isFunction(attribute) ? attribute(request) : attribute]);
  return serialize(Object.fromEntries(resolved) as CookieValues, value);
}

/** Is there a function among the attributes, which is shown each request? */
export function asksApplication(options: CookieOptions): boolean {
  return Object.values(options).some(isFunction);
}

/** {@link CookieOptions} without functions. */
type CookieValues = { readonly [Key in keyof CookieOptions]: CookieOptions[Key] extends CookieAttribute<infer Value> ? Value : never };

const token = /^[\w!#$%&'*.^`|~+-]+$/;
const printable = /^[\x20-\x3a\x3c-\x7e]*$/;

function serialize(values: CookieValues, id: string): string {
  const { name = "io", path, httpOnly, sameSite, secure, domain, maxAge, expires, partitioned, priority } = values;
  if (!token.test(name)) throw invalid("name", name);
  let cookie = `${name}=${encodeURIComponent(id)}`;
  if (maxAge !== undefined) cookie += `; Max-Age=${Math.trunc(maxAge)}`;
  if (domain !== undefined) cookie += `; Domain=${checked("domain", domain)}`;
  if (path !== undefined && path !== false) cookie += `; Path=${checked("path", path)}`;
  if (expires !== undefined) cookie += `; Expires=${expires.toUTCString()}`;
  if (httpOnly === true) cookie += "; HttpOnly";
  if (secure === true) cookie += "; Secure";
  if (partitioned === true) cookie += "; Partitioned";
  if (priority !== undefined) cookie += `; Priority=${checked("priority", capitalized(priority))}`;
  if (sameSite !== undefined && sameSite !== false) cookie += `; SameSite=${checked("sameSite", sameSite === true ? "Strict" : capitalized(sameSite))}`;
  return cookie;
}

function capitalized(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1);
}

function checked(name: string, value: string): string {
  if (printable.test(value)) return value;
  throw invalid(name, value);
}

function isFunction(value: unknown): value is (request: IncomingMessage) => unknown {
  return typeof value === "function";
}

function invalid(name: string, value: string): EngineIOError {
  return new EngineIOError(`Cannot use option cookie.${name}: ${JSON.stringify(value)} does not fit into a header`, { code: "engineio/invalid-option" });
}
