/**
 * Same-origin for browsers (RFC 6454 §4, RFC 6455 §10.2).
 *
 * Room: simple-ws core.
 */

/** What a URL would read as its end, as user information, or not at all. */
const notHost = /[\s/?#@\\]/;

/**
 * @returns whether a page of `origin` is one of the host that `host` (a `Host` header) names. The scheme is not compared: behind
 *   a proxy that ends TLS the server does not know its own; the port is, with the default of the origin's scheme.
 */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || notHost.test(host)) return false;
  const page = parse(origin); // "null" and what is no URL parse to undefined
  if (page?.origin !== origin.toLowerCase()) return false;
  const own = parse(`${page.protocol}//${host}`);
  return own?.host === page.host;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
