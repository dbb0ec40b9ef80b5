/**
 * `NO_PROXY`: which hosts are reached directly.
 *
 * Room: simple-ws node. Entries are separated by commas or spaces: `*`, a name (and the names below it), an address, a block of
 * addresses in CIDR form; each but the last may end in `:port`. Names match at dots only, whatever their case.
 */
import { BlockList, isIP } from "node:net";

/** What an entry is compared with. */
export interface Target {
  /** No brackets around IPv6. */
  readonly hostname: string;
  readonly port: number;
}

export function isExempt({ hostname, port }: Target, entries: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return entries.split(/[\s,]+/).some((entry) => entry !== "" && matches(entry.toLowerCase(), host, port));
}

/** This machine: no variable sends what is for it elsewhere. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return host === "localhost" || host.endsWith(".localhost") || inBlock(host, "127.0.0.0", 8) || host === "::1";
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry === "*") return true;
  const block = /^(.+)\/(\d{1,3})$/.exec(entry);
  if (block?.[1] !== undefined) return inBlock(host, block[1], Number(block[2]));
  const [, name = entry, wanted] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  if (wanted !== undefined && Number(wanted) !== port) return false;
  const own = name.replace(/^\[|\]$/g, "").replace(/^\*?\./, "").replace(/\.$/, "");
  if (isIP(own) !== 0) return inBlock(host, own, isIP(own) === 4 ? 32 : 128);
  return own !== "" && (host === own || host.endsWith(`.${own}`));
}

function inBlock(host: string, network: string, bits: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) === 0 || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  return list.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}
