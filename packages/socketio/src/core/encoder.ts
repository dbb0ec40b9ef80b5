/**
 * Packets to messages, Socket.IO protocol v5 ("Packet encoding"): `<type>[<n>-][<namespace>,][<ack id>][JSON]`.
 *
 * Room: socketio core. A broadcast is encoded here once, whatever the number of its members.
 */
import { hasBinary, takeOut } from "./binary.js";
import { DEFAULT_PACKET_LIMITS } from "./limits.js";
import { type EncodedPacket, type Packet, PacketType } from "./packet.js";

/**
 * @returns the text message and its attachments, which are not copied: leave them alone until they are sent.
 * @throws {SocketIOError} `socketio/invalid-argument` when the payload is nested deeper than 128 levels, refers to
 *   itself, or contains what cannot travel (a Blob, an object that looks like a placeholder).
 * @throws {TypeError} from `JSON.stringify`, for example for a bigint.
 */
export function encodePacket(packet: Packet): EncodedPacket {
  const { type, data } = packet;
  if (type !== PacketType.EVENT && type !== PacketType.ACK) return [header(packet, type, "") + json(data)];
  if (!hasBinary(data, DEFAULT_PACKET_LIMITS.maxNestingDepth)) return [header(packet, type, "") + json(data)];
  const attachments: Uint8Array[] = [];
  const payload = json(takeOut(data, attachments));
  const binaryType = type === PacketType.EVENT ? PacketType.BINARY_EVENT : PacketType.BINARY_ACK;
  return [header(packet, binaryType, `${attachments.length}-`) + payload, ...attachments];
}

function header({ nsp, id }: Packet, type: PacketType, count: string): string {
  const namespace = nsp === "/" ? "" : `${nsp},`;
  return `${type}${count}${namespace}${id ?? ""}`;
}

function json(data: unknown): string {
  return data === undefined ? "" : JSON.stringify(data);
}

/** The same as an object, in the shape that adapters of the Socket.IO ecosystem ask of `server.encoder`. */
export interface PacketEncoder {
  encode(packet: Packet): EncodedPacket;
}
export const packetEncoder: PacketEncoder = { encode: encodePacket };
