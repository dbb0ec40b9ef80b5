/**
 * What a client's address means: which server, which namespace, which query.
 *
 * Room: socketio shell. The path of the address is the namespace, as with socket.io-client.
 */
import { BadNamespaceError, SocketIOError } from "@x/errors/socketio";
import { DEFAULT_PACKET_LIMITS } from "../../core/limits.js";

export interface Address {
  /** Scheme, host and port: one per server. */
  readonly origin: string;
  readonly namespace: string;
  /** As written, without the question mark. */
  readonly query: string;
}

/** The page's address, where there is a page. */
export function page(): { readonly protocol: string; readonly host: string } | undefined {
  return (globalThis as { location?: { protocol: string; host: string } }).location;
}

const pattern = /^(?:(https?|wss?):)?(?:\/\/)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?/i;

/**
 * @param base the page's address, where there is a page.
 * @throws {SocketIOError} `socketio/invalid-option` when the address names no host and there is no page.
 */
export function readAddress(uri: string, base: { readonly protocol: string; readonly host: string } | undefined): Address {
  const [, scheme, host, path, search] = pattern.exec(uri) ?? [];
  const authority = host === "" ? base?.host : host;
  if (authority === undefined) throw new SocketIOError("Cannot connect: the address names no host", { code: "socketio/invalid-option" });
  const protocol = scheme?.toLowerCase() ?? base?.protocol.slice(0, -1) ?? "https";
  const isSecure = protocol === "https" || protocol === "wss";
  return {
    origin: `http${isSecure ? "s" : ""}://${authority.replace(isSecure ? /:443$/ : /:80$/, "")}`,
    namespace: path ?? "/",
    query: search ?? "",
  };
}

/**
 * @returns the name with its leading slash.
 * @throws {BadNamespaceError} `socketio/bad-namespace` for one that cannot travel: with a comma or a question mark, or longer than `maxLength`.
 */
export function readNamespace(given: string, maxLength: number = DEFAULT_PACKET_LIMITS.maxNamespaceLength): string {
  const namespace = given.startsWith("/") ? given : `/${given}`;
  if (/[,?]/.test(namespace) || namespace.length > maxLength) throw new BadNamespaceError(`Cannot connect: bad namespace, must have no comma, no question mark, at most ${maxLength} characters`, { namespace });
  return namespace;
}
