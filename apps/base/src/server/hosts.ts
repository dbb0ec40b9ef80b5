/**
 * By which names a server may be called: a guard against DNS rebinding.
 *
 * Room: server. A page of another site whose name has been made to lead to this machine is, for its browser, of the same origin as what
 * answers here; it carries no foreign `Origin`. What gives it away is its own name in `Host` (RFC 9110 §7.2).
 */
import { isIP } from "node:net";

/** Is this the `Host` of somebody who knows whom they call? */
export type HostCheck = (host: string | undefined) => boolean;

/** For whoever is refused: what to do. */
export const UNKNOWN_HOST = "This server does not know itself by the name in your request. Call it localhost or by its address, or start it with the name: PUBLIC_URL=http://name:port";

const HOST = /^(?:\[([\da-f:.]+)\]|([^\s[\]:@/?#\\]+))(?::\d{1,5})?$/iu;

/**
 * Known are `localhost`, every address, and the given names, with any port. Addresses are safe: they are what names are made to lead to,
 * and nobody's page can have one that is not its own.
 * @param names `undefined` and addresses among them change nothing.
 */
export function knownHosts(...names: readonly (string | undefined)[]): HostCheck {
  const known = new Set(["localhost", ...names.flatMap((name) => (name === undefined ? [] : canonical(name)))]);
  return (host) => {
    const [, ipv6, name] = HOST.exec(host ?? "") ?? [];
    if (ipv6 !== undefined) return isIP(ipv6) === 6;
    return name !== undefined && (isIP(name) === 4 || known.has(canonical(name)));
  };
}

/** Names are the same in any case, and with the root's dot (RFC 4343, RFC 1034 §3.1). */
function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/u, "");
}
