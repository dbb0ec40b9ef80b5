/**
 * Who a request comes from: the TCP connection's word, or that of proxies that the application trusts.
 *
 * Room: engineio node. `X-Forwarded-*` grow to the right: each proxy adds what it saw, so the last entry is the nearest proxy's.
 */
import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";
import { fieldOf } from "@x/simple-ws/server";

/**
 * @param name in lower case.
 * @param isShared others may have changed the request, in its `headers`, which Node makes when somebody first looks.
 */
export function headerOf(request: IncomingMessage, name: string, isShared: boolean): string | undefined {
  if (!isShared) return fieldOf(request.rawHeaders, name);
  const value = request.headers[name];
  return typeof value === "object" ? value.join(",") : value;
}

/** @returns the entry that the outermost of `proxies` trusted proxies wrote; `undefined` without one. */
export function forwarded(header: string | undefined, proxies: number): string | undefined {
  if (proxies === 0 || header === undefined) return undefined;
  const entries = header.split(",");
  const entry = entries[Math.max(0, entries.length - proxies)]?.trim();
  return entry === "" ? undefined : entry;
}

/** @returns the client's IP address; the connection's where a proxy wrote none. `undefined` once the connection is gone. */
export function clientAddress(request: IncomingMessage, proxies: number): string | undefined {
  const written = proxies === 0 ? undefined : forwarded(headerOf(request, "x-forwarded-for", true), proxies);
  const address = written === undefined ? undefined : withoutPort(written);
  return address !== undefined && isIP(address) !== 0 ? address : request.socket.remoteAddress;
}

/** Some proxies write `192.0.2.1:4711` or `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(entry)?.[1];
  return bracketed ?? (entry.split(":").length === 2 ? entry.slice(0, entry.indexOf(":")) : entry);
}

const GROUPS_OF_NETWORK = 4;

/** @returns what counts as one client: an IPv4 address, mapped or not, or the first 64 bits of an IPv6 one, all of which one host may use. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => "0");
  return [...left, ...zeros, ...right].slice(0, GROUPS_OF_NETWORK).map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
