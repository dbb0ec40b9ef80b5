/**
 * The OPEN packet: what a server tells a client first (protocol document §"Handshake").
 *
 * Room: engineio core. Times are milliseconds, sizes bytes.
 */
import { badPacket } from "./payload.js";

/** What both sides agree on when a session opens. */
export interface Handshake {
  readonly sid: string;
  /** Transports that the client may upgrade to; empty when there are none. */
  readonly upgrades: readonly string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  /** Most bytes in one payload from the client; `undefined` where a peer does not say (older Python servers). */
  readonly maxPayload: number | undefined;
}

/** What JSON writes as it is: ids of ours have no other characters. */
const plain = /^[\w-]+$/;

/** @returns the text of the packet, with exactly the protocol's five keys. */
export function encodeOpen({ sid, ...terms }: Handshake): string {
  return openEncoder(terms)(sid);
}

/** {@link encodeOpen} for many sessions, which differ in nothing but their id. */
export function openEncoder({ upgrades, pingInterval, pingTimeout, maxPayload }: Omit<Handshake, "sid">): (sid: string) => string {
  const terms = JSON.stringify({ upgrades, pingInterval, pingTimeout, maxPayload }).slice(1);
  return (sid) => `0{"sid":${plain.test(sid) ? `"${sid}"` : JSON.stringify(sid)},${terms}`;
}

const MAX_SID_LENGTH = 256;

/** @throws {UnknownPacketError} `engineio/bad-open` when `wire` is no OPEN packet or one of its values is out of range. */
export function decodeOpen(wire: string): Handshake {
  const value = wire.startsWith("0") ? parse(wire.slice(1)) : undefined;
  if (!isRecord(value)) throw badPacket(wire, "a session begins with an OPEN packet", "engineio/bad-open");
  const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = value;
  if (typeof sid !== "string" || sid === "" || sid.length > MAX_SID_LENGTH || !isDuration(pingInterval) || !isDuration(pingTimeout)) {
    throw badPacket(wire, "its sid or its ping times are not usable", "engineio/bad-open");
  }
  return {
    sid,
    upgrades: Array.isArray(upgrades) ? upgrades.filter((name) => typeof name === "string") : [],
    pingInterval,
    pingTimeout,
    maxPayload: isDuration(maxPayload) && maxPayload > 0 ? maxPayload : undefined,
  };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<"sid" | "upgrades" | "pingInterval" | "pingTimeout" | "maxPayload", unknown> {
  return typeof value === "object" && value !== null;
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
