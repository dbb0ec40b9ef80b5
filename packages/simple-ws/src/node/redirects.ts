/**
 * Redirects of the opening handshake (RFC 6455 §4.1, item 1 of the answer; RFC 9110 §15.4): where next, and what may come along.
 *
 * Room: simple-ws node.
 */
import { WebSocketBadStatusException } from "@x/errors/wsframe";
import { parseWebSocketUrl, type WebSocketUrl } from "../core/url.js";
import type { ConnectSettings } from "./client-options.js";

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** @returns whether `error` is a redirect. */
export function isRedirect(error: unknown): error is WebSocketBadStatusException {
  return error instanceof WebSocketBadStatusException && redirects.has(error.statusCode);
}

/** @throws {WebSocketBadStatusException} there is no Location, or none that may be followed; `answer` is its cause. */
export function locationOf(answer: WebSocketBadStatusException, from: WebSocketUrl): WebSocketUrl {
  const { location } = answer.headers;
  if (typeof location !== "string") throw refuse(answer, "it has no Location");
  let url: WebSocketUrl;
  try {
    url = parseWebSocketUrl(new URL(location.replace(/#.*$/, ""), from.href).href);
  } catch {
    throw refuse(answer, "its Location is no WebSocket URL");
  }
  if (from.isSecure && !url.isSecure) throw refuse(answer, "it leads from wss: to ws:");
  return url;
}

/** One redirect more than the caller allows. */
export function tooManyRedirects(answer: WebSocketBadStatusException, limit: number): WebSocketBadStatusException {
  return again(answer, `Cannot open: server redirects more than ${limit} times, see maxRedirects`, "wsframe/too-many-redirects");
}

/** §15.4 leaves it to us what a request takes along to another origin: nothing that proves who we are. */
export function isSameOrigin(one: WebSocketUrl, other: WebSocketUrl): boolean {
  return one.isSecure === other.isSecure && one.hostname === other.hostname && one.port === other.port;
}

/** TLS options that prove who we are, or are about one server. */
const personalTls = ["cert", "key", "pfx", "passphrase", "secureContext", "session", "servername", "host", "pskCallback", "ticketKeys", "clientCertEngine", "privateKeyEngine", "privateKeyIdentifier"] as const;

/** What goes along to another origin than the caller named. */
export function settingsElsewhere(settings: ConnectSettings): ConnectSettings {
  const tls = { ...settings.tls };
  for (const name of personalTls) Reflect.deleteProperty(tls, name);
  return { ...settings, tls, host: undefined, cookie: undefined };
}

function refuse(answer: WebSocketBadStatusException, why: string): WebSocketBadStatusException {
  return again(answer, `Cannot follow redirect: ${why}`, "wsframe/bad-status");
}

function again({ statusCode, statusMessage, headers, body }: WebSocketBadStatusException, message: string, code: "wsframe/bad-status" | "wsframe/too-many-redirects"): WebSocketBadStatusException {
  return new WebSocketBadStatusException(message, { code, statusCode, statusMessage, headers, body, retryable: false });
}
