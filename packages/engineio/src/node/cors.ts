/**
 * Which web pages may talk to the server: one decision for polling and WebSocket, and the headers that tell browsers.
 *
 * Room: engineio node. Fetch standard §3.2 (CORS protocol); RFC 6455 §10.2 (origin of WebSockets, which CORS does not cover).
 */
import type { IncomingMessage } from "node:http";

/** One allowed origin, a pattern, or several; `true` and `"*"` allow all. */
export type OriginRule = boolean | string | RegExp;

/** Decides by calling back, as the `cors` package's does, or by returning (a promise of) its verdict. */
export type OriginFunction = (
  origin: string | undefined,
  callback: (error: Error | null | undefined, verdict?: OriginRule | readonly (string | RegExp)[]) => void,
) => unknown;

export interface CorsOptions {
  /** Default: the server's own origin only. */
  readonly origin?: OriginRule | readonly (string | RegExp)[] | OriginFunction | undefined;
  /** May requests carry cookies? Default `false`. */
  readonly credentials?: boolean | undefined;
  /** Default `GET,POST,OPTIONS`. */
  readonly methods?: string | readonly string[] | undefined;
  /** Default: what a preflight asks for. */
  readonly allowedHeaders?: string | readonly string[] | undefined;
  /** What a page may read of an answer's head. Default: what browsers always show. */
  readonly exposedHeaders?: string | readonly string[] | undefined;
  /** How long a browser may remember a preflight. Seconds. */
  readonly maxAge?: number | undefined;
  /** Status of preflights. Default 204. */
  readonly optionsSuccessStatus?: number | undefined;
}

/** Headers to answer with, or `undefined` when the origin is not allowed. */
export type CorsVerdict = Readonly<Record<string, string>> | undefined;

/**
 * @returns what `options` say to the request's `Origin`; requests without one come from no page and are allowed. A promise
 *   only where the rule is a function.
 */
export function judgeOrigin(request: IncomingMessage, options: CorsOptions | undefined): CorsVerdict | Promise<CorsVerdict> {
  const { origin } = request.headers;
  const rule = options?.origin;
  if (options === undefined || rule === undefined || rule === false) {
    return origin === undefined || isSameOrigin(origin, request.headers.host) ? {} : undefined;
  }
  if (typeof rule !== "function") return judge(request, rule, options);
  return ask(rule, origin).then((verdict) => judge(request, verdict, options));
}

function judge(request: IncomingMessage, rule: OriginRule | readonly (string | RegExp)[], options: CorsOptions): CorsVerdict {
  const { origin } = request.headers;
  return origin === undefined || matches(origin, rule) ? corsHeaders(origin, rule, request, options) : undefined;
}

/** Same host and port, whatever the scheme: behind a proxy that ends TLS only the browser knows the scheme. */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  try {
    const page = new URL(origin);
    return page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false; // "null" and other opaque origins
  }
}

function ask(rule: OriginFunction, origin: string | undefined): Promise<OriginRule | readonly (string | RegExp)[]> {
  return new Promise((resolve, reject) => {
    const returned = rule(origin, (error, verdict) => {
      if (error === null || error === undefined) resolve(verdict ?? false);
      else reject(error);
    });
    const answered: Promise<unknown> = Promise.resolve(returned);
    answered.then((verdict) => { if (verdict !== undefined) resolve(isRule(verdict) ? verdict : false); }, reject); // undefined: it calls back
  });
}

function isRule(value: unknown): value is OriginRule | readonly (string | RegExp)[] {
  return typeof value === "boolean" || typeof value === "string" || value instanceof RegExp || Array.isArray(value);
}

function matches(origin: string, rule: OriginRule | readonly (string | RegExp)[]): boolean {
  if (typeof rule === "boolean") return rule;
  if (typeof rule === "string") return rule === "*" || rule === origin;
  if (rule instanceof RegExp) {
    rule.lastIndex = 0; // a pattern with the flag "g" remembers its last match
    return rule.test(origin);
  }
  return rule.some((one) => matches(origin, one));
}

function corsHeaders(origin: string | undefined, rule: OriginRule | readonly (string | RegExp)[], request: IncomingMessage, options: CorsOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (rule === "*") headers["Access-Control-Allow-Origin"] = "*";
  else headers["Vary"] = "Origin";
  if (rule !== "*" && origin !== undefined) headers["Access-Control-Allow-Origin"] = origin;
  if (options.credentials === true) headers["Access-Control-Allow-Credentials"] = "true";
  if (options.exposedHeaders !== undefined) headers["Access-Control-Expose-Headers"] = list(options.exposedHeaders);
  if (request.method === "OPTIONS") addPreflight(headers, request, options);
  return headers;
}

function addPreflight(headers: Record<string, string>, request: IncomingMessage, options: CorsOptions): void {
  headers["Access-Control-Allow-Methods"] = list(options.methods ?? "GET,POST,OPTIONS");
  const asked = request.headers["access-control-request-headers"];
  if (options.allowedHeaders !== undefined) headers["Access-Control-Allow-Headers"] = list(options.allowedHeaders);
  else if (asked !== undefined) headers["Access-Control-Allow-Headers"] = asked;
  if (options.maxAge !== undefined) headers["Access-Control-Max-Age"] = String(options.maxAge);
}

function list(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join(",");
}
