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
  const isEvent = type === PacketType.EVENT || type === PacketType.ACK;
  if (!isEvent || !holdsObjects(data)) return [header(packet, type, "") + (isEvent && replacer === undefined && Array.isArray(data) ? flatJson(data) : json(data, replacer))];
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
  return data === undefined ? "" : JSON.stringify(data, replacer);
}

/** Characters that JSON writes as they are. */
const plain = /^[ !#-[\]-~]*$/;
/** From there on JSON.stringify is as fast. */
const SHORT_TEXT = 256;

/** {@link json} of a list that holds no objects, at half the cost where its texts are short and plain, as most are. */
function flatJson(list: readonly unknown[]): string {
  let text = "[";
  for (let index = 0; index < list.length; index++) text += index === 0 ? itemJson(list[index]) : `,${itemJson(list[index])}`;
  return `${text}]`;
}

function itemJson(value: unknown): string {
  if (typeof value === "string" && value.length <= SHORT_TEXT && plain.test(value)) return `"${value}"`;
  if (typeof value === "number" && Number.isSafeInteger(value)) return `${value}`;
  return JSON.stringify([value]).slice(1, -1); // in a list, where there is a text for everything
}
