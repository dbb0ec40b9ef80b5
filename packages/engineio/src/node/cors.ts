/**
 * Which web pages may talk to the server: one decision for polling and WebSocket, and the headers that tell browsers.
 *
 * Room: engineio node. Fetch standard §3.2 (CORS protocol); RFC 6455 §10.2 (origin of WebSockets, which CORS does not cover).
 */
import type { IncomingMessage } from "node:http";
import { forwarded, headerOf } from "./client-address.js";

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
  /** What pages may read beside the usual. Default: nothing. */
  readonly exposedHeaders?: string | readonly string[] | undefined;
  /** How long a browser may remember a preflight. Seconds; default: the browser's own. */
  readonly maxAge?: number | undefined;
  /** Status of preflights. Default 204. */
  readonly optionsSuccessStatus?: number | undefined;
}

/** Chooses the options request by request: by calling back, as the `cors` package's does, or by returning (a promise of) them. */
export type CorsDelegate = (request: IncomingMessage, callback: (error: Error | null | undefined, options?: CorsOptions) => void) => unknown;

/** `false`: neither check nor headers. */
export type CorsSettings = false | CorsOptions | CorsDelegate;

/** An origin is allowed, and these headers tell its browser; `undefined` when it is not. */
export type CorsVerdict = { readonly headers: Readonly<Record<string, string>>; readonly preflightStatus: number } | undefined;

const PREFLIGHT_STATUS = 204;
const silent: CorsVerdict = { headers: {}, preflightStatus: PREFLIGHT_STATUS };

/**
 * @param isShared as of {@link headerOf}.
 * @returns what `settings` say to the request's `Origin`; requests without one come from no page and are allowed. A promise
 *   only where the application's functions have to be asked.
 */
export function judgeOrigin(request: IncomingMessage, settings: CorsSettings, trustProxy: number, isShared = true): CorsVerdict | Promise<CorsVerdict> {
  if (settings === false) return silent;
  if (typeof settings === "function") {
    return ask<CorsOptions | undefined>((callback) => settings(request, callback), isOptions).then((options) => judgeOrigin(request, options ?? {}, trustProxy, isShared));
  }
  const origin = headerOf(request, "origin", isShared);
  const rule = settings.origin;
  if (rule === undefined || rule === false) return origin === undefined || isOwnOrigin(origin, request, trustProxy, isShared) ? silent : undefined;
  if (typeof rule !== "function") return judge(request, rule, settings);
  return ask<OriginRule | readonly (string | RegExp)[] | undefined>((callback) => rule(origin, callback), isRule).then((verdict) => judge(request, verdict ?? false, settings));
}

function judge(request: IncomingMessage, rule: OriginRule | readonly (string | RegExp)[], options: CorsOptions): CorsVerdict {
  const { origin } = request.headers;
  if (origin !== undefined && !matches(origin, rule)) return undefined;
  return { headers: corsHeaders(origin, rule, request, options), preflightStatus: options.optionsSuccessStatus ?? PREFLIGHT_STATUS };
}

/** Is `origin` the server's own, as the client, or the outermost trusted proxy, names it? */
function isOwnOrigin(origin: string, request: IncomingMessage, trustProxy: number, isShared: boolean): boolean {
  const host = forwarded(headerOf(request, "x-forwarded-host", isShared), trustProxy) ?? headerOf(request, "host", isShared);
  const scheme = forwarded(headerOf(request, "x-forwarded-proto", isShared), trustProxy) ?? ("encrypted" in request.socket ? "https" : undefined);
  return isSameOrigin(origin, host, scheme);
}

/** Same host and port; and same scheme where it is known: behind a proxy that ends TLS and is not trusted, only the browser knows. */
export function isSameOrigin(origin: string, host: string | undefined, scheme?: string): boolean {
  if (host === undefined) return false;
  try {
    const page = new URL(origin);
    if (scheme !== undefined && page.protocol !== `${scheme.toLowerCase()}:`) return false;
    return page.host === new URL(`${page.protocol}//${host}`).host;
  } catch {
    return false; // "null" and other opaque origins
  }
}

/** @returns the answer of a function that calls back, or returns it, or promises it; `undefined` for one that makes no sense. */
function ask<Answer>(question: (callback: (error: Error | null | undefined, answer?: Answer) => void) => unknown, isAnswer: (value: unknown) => value is Answer): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const returned = question((error, answer) => {
      if (error === null || error === undefined) resolve(answer);
      else reject(error);
    });
    const answered: Promise<unknown> = Promise.resolve(returned);
    answered.then((answer) => { if (answer !== undefined) resolve(isAnswer(answer) ? answer : undefined); }, reject); // undefined: it calls back
  });
}

function isOptions(value: unknown): value is CorsOptions {
  return typeof value === "object" && value !== null;
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
  if (options.allowedHeaders !== undefined) {
    headers["Access-Control-Allow-Headers"] = list(options.allowedHeaders);
  } else if (asked !== undefined) {
    headers["Access-Control-Allow-Headers"] = asked;
    headers["Vary"] = [headers["Vary"] ?? [], "Access-Control-Request-Headers"].flat().join(", ");
  }
  if (options.maxAge !== undefined) headers["Access-Control-Max-Age"] = String(options.maxAge);
}

function list(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join(",");
}
