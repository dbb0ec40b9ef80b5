/**
 * Polling payloads: packets joined by U+001E, binary ones as `b<base64>` (protocol document §"HTTP long-polling").
 *
 * Room: engineio core. Decoding is all or nothing: a payload with one bad packet yields none.
 */
import { type EngineIOCode, UnknownPacketError } from "@x/errors/engineio";
import * as Code from "./code.js";
import { type PreparedPacket, type Role, type WirePacket, mayReceive } from "./packet.js";
import type { TextPort } from "./text.js";

/** Between two packets of a payload. */
export const SEPARATOR = "\x1e";

const BINARY_MARK = 98; // "b"

/** How a payload of version 3 begins. */
const lengthPrefixed = /^\d+:0\{/;

/**
 * @returns the packets of a payload in order; `opening` allows an OPEN packet in the first place.
 * @throws {UnknownPacketError} `engineio/unknown-packet` for a type outside 0 to 6, `engineio/unexpected-packet` for one that
 *   `role` may not receive, `engineio/bad-payload` for an empty packet or bad base64, `engineio/too-many-packets`.
 */
export function decodePayload(body: string, role: Role, maxPackets: number, text: TextPort, opening = false): WirePacket[] {
  const packets: WirePacket[] = [];
  for (let start = 0; start !== -1;) {
    if (packets.length === maxPackets) throw tooMany(maxPackets);
    const end = body.indexOf(SEPARATOR, start);
    packets.push(decodePart(end === -1 ? body.slice(start) : body.slice(start, end), role, text, opening && start === 0));
    start = end === -1 ? -1 : end + 1;
  }
  return packets;
}

function tooMany(maxPackets: number): UnknownPacketError {
  return new UnknownPacketError(`Cannot read payload: more than ${maxPackets} packets in it`, { code: "engineio/too-many-packets", details: { maxPackets } });
}

function decodePart(part: string, role: Role, text: TextPort, opening: boolean): WirePacket {
  if (opening && lengthPrefixed.test(part)) throw badPacket(part, "the server speaks version 3 of the protocol, must speak 4", "engineio/unsupported-version");
  const code = part.charCodeAt(0); // NaN when empty
  if (code === BINARY_MARK) {
    const bytes = text.fromBase64(part.slice(1));
    if (bytes === undefined) throw badPacket(part, "its base64 is malformed", "engineio/bad-payload");
    return bytes;
  }
  if (mayReceive(role, code) || (opening && code === Code.open)) return part;
  throw unexpectedPacket(part);
}

/** @returns the error for a packet that the protocol has no place for, or none at this side and time. */
export function unexpectedPacket(wire: WirePacket): UnknownPacketError {
  if (wire === "") return badPacket(wire, "it is empty", "engineio/bad-payload");
  const isKnown = typeof wire !== "string" || (wire >= "0" && wire < "7");
  return isKnown ? badPacket(wire, "not expected here and now", "engineio/unexpected-packet") : badPacket(wire, "no such type", "engineio/unknown-packet");
}

/** @returns the error for `wire`, of which at most the type character is quoted. */
export function badPacket(wire: WirePacket, why: string, code: EngineIOCode): UnknownPacketError {
  const packetType = typeof wire === "string" ? wire.slice(0, 1) : "binary";
  return new UnknownPacketError(`Cannot accept packet of type ${JSON.stringify(packetType)}: ${why}`, { code, packetType });
}

/** @returns how `packet` stands in a payload, without separator. */
export function payloadPart(packet: WirePacket | PreparedPacket, text: TextPort): string {
  if (typeof packet === "string") return packet;
  if (packet instanceof Uint8Array) return `b${text.toBase64(packet)}`;
  if (typeof packet.wire === "string") return packet.wire;
  packet.base64 ??= `b${text.toBase64(packet.wire)}`;
  return packet.base64;
}

/** @returns the bytes that `packet` takes in a payload, without separator and without encoding it. */
export function payloadBytes(packet: WirePacket | PreparedPacket, text: TextPort): number {
  if (typeof packet === "string") return text.byteLength(packet);
  if (packet instanceof Uint8Array) return 1 + 4 * Math.ceil(packet.length / 3);
  return payloadBytes(packet.wire, text);
}
