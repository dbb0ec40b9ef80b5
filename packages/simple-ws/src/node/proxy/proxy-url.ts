/**
 * Where a proxy is and how it is spoken to.
 *
 * Room: simple-ws node.
 */
import { SimpleWebsocketError } from "@x/errors/simple-ws";

/** `http` and `https`: CONNECT (RFC 9110 §9.3.6). `socks4` and `socks5` resolve names here, `socks4a` and `socks5h` at the proxy. */
export type ProxyKind = "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h";

export interface Proxy {
  readonly kind: ProxyKind;
  /** No brackets around IPv6. */
  readonly hostname: string;
  readonly port: number;
  /** Percent-decoded. Never part of a message. */
  readonly username: string;
  readonly password: string;
}

const defaultPorts: Readonly<Record<ProxyKind, number>> = { http: 80, https: 443, socks4: 1080, socks4a: 1080, socks5: 1080, socks5h: 1080 };
const spellings: ReadonlyMap<string, ProxyKind> = new Map<string, ProxyKind>([
  ["http:", "http"], ["https:", "https"], ["socks4:", "socks4"], ["socks4a:", "socks4a"], ["socks5:", "socks5"], ["socks5h:", "socks5h"], ["socks:", "socks5h"],
]);

/**
 * @param text a URL, or `host:port` for an HTTP proxy.
 * @param source named in the message, because the text may hold a password.
 * @throws {SimpleWebsocketError} `simple-ws/invalid-option`.
 */
export function parseProxy(text: string, source: string): Proxy {
  const refuse = (why: string, cause?: unknown): SimpleWebsocketError => new SimpleWebsocketError(`Cannot use proxy of ${source}: ${why}`, { code: "simple-ws/invalid-option", cause });
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  let url: URL;
  try {
    url = new URL(hasScheme ? text.replace(/^[a-z0-9]+/i, "http") : `http://${text}`); // of http, URL knows how to read the rest
  } catch {
    throw refuse("it is not a URL, must be http://user:password@host:port or the like"); // the error would show the password
  }
  const scheme = hasScheme ? `${text.slice(0, text.indexOf(":")).toLowerCase()}:` : "http:";
  const kind = spellings.get(scheme);
  if (kind === undefined) throw refuse(`scheme is ${scheme.slice(0, 20)}, must be http, https, socks4, socks4a, socks5 or socks5h`);
  if (url.hostname === "") throw refuse("it has no host, must have one");
  const port = /:(\d+)$/.exec(authorityOf(text))?.[1];
  return { kind, hostname: url.hostname.replace(/^\[|\]$/g, ""), port: port === undefined ? defaultPorts[kind] : Number(port), username: decode(url.username), password: decode(url.password) };
}

/** The part with host and port; URL drops a port that is the default of the scheme it believes in. */
function authorityOf(text: string): string {
  return text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[/?#].*$/, "");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % stands for itself
  }
}
