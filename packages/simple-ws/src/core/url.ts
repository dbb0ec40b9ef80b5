/**
 * WebSocket URLs (RFC 6455 §3, RFC 8441 has no part in this): `ws:`, `wss:`, and their `http(s):` spellings.
 *
 * Room: simple-ws core.
 */
import { safeText } from "@x/errors";
import { WebSocketAddressException } from "@x/errors/wsframe";

/** Where to connect and what to ask for. */
export interface WebSocketUrl {
  /** Normalised, without credentials or fragment: `wss://example.com/chat?x=1`. */
  readonly href: string;
  readonly isSecure: boolean;
  /** For the TCP connection: no brackets around IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** For the `Host` header: brackets around IPv6, the port only where it is not the scheme's default. */
  readonly authority: string;
  /** Path and query, percent-encoded; never empty. */
  readonly resource: string;
  /** `user:password`, percent-decoded, for HTTP Basic; `undefined` without. Never part of a message. */
  readonly credentials: string | undefined;
}

const schemes: ReadonlyMap<string, boolean> = new Map([["ws:", false], ["http:", false], ["wss:", true], ["https:", true]]);
const MAX_SHOWN = 200;

/**
 * @throws {WebSocketAddressException} `wsframe/invalid-url`: not absolute, another scheme, a fragment (RFC 6455 §3),
 *   or no host.
 */
export function parseWebSocketUrl(text: string): WebSocketUrl {
  const url = parse(text);
  const isSecure = schemes.get(url.protocol);
  if (isSecure === undefined) throw invalid(text, `scheme is ${url.protocol.slice(0, 20)}, must be ws: or wss:`);
  if (url.hash !== "" || text.includes("#")) throw invalid(text, "it has a fragment, must have none");
  if (url.hostname === "") throw invalid(text, "it has no host, must have one");
  const resource = `${url.pathname === "" ? "/" : url.pathname}${url.search}`;
  return {
    href: `${isSecure ? "wss" : "ws"}://${url.host}${resource}`,
    isSecure,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? (isSecure ? 443 : 80) : Number(url.port),
    authority: url.host,
    resource,
    credentials: url.username === "" && url.password === "" ? undefined : credentialsOf(url),
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw invalid(text, "it is not an absolute URL, must be ws://host[:port]/path"); // the error would show the password
  }
}

function credentialsOf(url: URL): string {
  try {
    return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    return `${url.username}:${url.password}`; // a stray % stands for itself
  }
}

/** Up to the last @ everything may be part of a password that should have been percent-encoded. */
const beforeHost = /^([a-z][a-z0-9+.-]*:)?[^]*@/i;

function invalid(text: string, why: string): WebSocketAddressException {
  const shown = JSON.stringify(safeText(text.replace(beforeHost, "$1//…@"), MAX_SHOWN));
  return new WebSocketAddressException(`Cannot use URL ${shown}: ${why}`, { code: "wsframe/invalid-url", url: shown });
}
