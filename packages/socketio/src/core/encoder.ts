/**
 * Packets to messages, Socket.IO protocol v5 ("Packet encoding"): `<type>[<n>-][<namespace>,][<ack id>][JSON]`.
 *
 * Room: socketio core. A broadcast is encoded here once, whatever the number of its members.
 */
import { type Extraction, holdsObjects, takeOut } from "./binary.js";
import type { Untyped } from "./event-types.js";
import { invalidArgument, overLimit } from "./faults.js";
import { DEFAULT_PACKET_LIMITS } from "./limits.js";
import type { EncodedPacket, Packet } from "./packet.js";
import * as PacketType from "./packet-type.js";

/** As of `JSON.stringify`. */
export type Replacer = (this: Untyped, key: string, value: Untyped) => unknown;

/**
 * @param maxAttachments a receiver ends its connection over more than it takes, and the sender would never know why.
 * @returns the text message and its attachments, which are not copied: leave them alone until they are sent.
 * @throws {SocketIOError} `socketio/too-deep` when the payload is nested deeper than 512 levels or refers to itself,
 *   `socketio/too-many-attachments`, and `socketio/invalid-argument` when it contains what cannot travel (a Blob, an object that looks
 *   like a placeholder).
 * @throws {TypeError} from `JSON.stringify`, for example for a bigint.
 */
export function encodePacket(packet: Packet, replacer?: Replacer, maxAttachments: number = DEFAULT_PACKET_LIMITS.maxAttachments): EncodedPacket {
  const { type, data } = packet;
  if ((type !== PacketType.EVENT && type !== PacketType.ACK) || !holdsObjects(data)) return [header(packet, type, "") + json(data, replacer)];
  const found: Extraction = { attachments: undefined, hasPlaceholder: false };
  const payload = json(takeOut(data, DEFAULT_PACKET_LIMITS.maxNestingDepth, found), replacer);
  const { attachments, hasPlaceholder } = found;
  if (attachments === undefined) return [header(packet, type, "") + payload];
  if (attachments.length > maxAttachments) throw overLimit("maxAttachments", attachments.length, "socketio/too-many-attachments");
  if (hasPlaceholder) throw invalidArgument("Cannot encode: the payload has a _placeholder of its own");
  const binaryType = type === PacketType.EVENT ? PacketType.BINARY_EVENT : PacketType.BINARY_ACK;
  return [header(packet, binaryType, `${attachments.length}-`) + payload, ...attachments];
}

function header({ nsp, id }: Packet, type: PacketType.Any, count: string): string {
  const namespace = nsp === "/" ? "" : `${nsp},`;
  return `${type}${count}${namespace}${id ?? ""}`;
}

function json(data: unknown, replacer: Replacer | undefined): string {
  if (data === undefined) return "";
  return (replacer === undefined && Array.isArray(data) ? plainJson(data) : undefined) ?? JSON.stringify(data, replacer);
}

/** Characters that JSON writes as they are. */
const plain = /^[ !#-[\]-~]*$/;
/** From there on JSON.stringify is as fast. */
const SHORT_TEXT = 256;

/** @returns the JSON of a list of short plain texts, which most events are, at half of what JSON.stringify costs; `undefined` for any other. */
function plainJson(data: readonly unknown[]): string | undefined {
  let text = "[";
  for (let index = 0; index < data.length; index++) {
    const value = data[index];
    if (typeof value !== "string" || value.length > SHORT_TEXT || !plain.test(value)) return undefined;
    text += index === 0 ? `"${value}"` : `,"${value}"`;
  }
  return `${text}]`;
}
