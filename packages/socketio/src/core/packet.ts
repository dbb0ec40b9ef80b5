/**
 * Packets of Socket.IO protocol v5 ("Packet types") and the event names that belong to the library.
 *
 * Room: socketio core.
 */
import { invalidPacket, overLimit, reservedEvent } from "./faults.js";
import { DEFAULT_PACKET_LIMITS, type PacketLimits } from "./limits.js";
import * as PacketType from "./packet-type.js";

/** Version of the protocol. */
export const protocol = 5;

/** A packet with its attachments in place; whether it travels as a binary one is the encoder's finding. */
export interface Packet {
  readonly type: PacketType.Any;
  readonly nsp: string;
  readonly data?: unknown;
  /** Present when the sender wants an acknowledgement, and on acknowledgements. */
  readonly id?: number | undefined;
}

/** An EVENT: its name and arguments. */
export interface EventPacket extends Packet {
  readonly data: readonly unknown[];
}

/** The messages of one packet, in their order. As JSON: one text, followed by as many binary messages as it announces. */
export type EncodedPacket = readonly (string | Uint8Array)[];

/** Names that mean something to the library: a peer may not send them, an application may not emit them. */
const RESERVED: ReadonlySet<unknown> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);

export function isReservedEvent(name: unknown): boolean {
  return RESERVED.has(name);
}

/** @returns the payload of an EVENT. @throws {SocketIOError} `socketio/reserved-event` */
export function eventData(name: string, args: readonly unknown[]): unknown[] {
  if (isReservedEvent(name)) throw reservedEvent(name);
  return [name, ...args];
}

/** Binary types say only how a packet travelled. */
export function withoutBinary(type: PacketType.Any): PacketType.Any {
  if (type === PacketType.BINARY_EVENT) return PacketType.EVENT;
  return type === PacketType.BINARY_ACK ? PacketType.ACK : type;
}

/** Whether payload and id fit the type (Socket.IO protocol v5, "Packet types"). */
export function isValid({ type, data, id }: Packet): boolean {
  if (type === PacketType.EVENT) return isEventData(data);
  if (type === PacketType.ACK) return id !== undefined && Array.isArray(data);
  if (id !== undefined) return false; // nothing else is acknowledged
  return isRecord(data) || (type === PacketType.CONNECT_ERROR ? typeof data === "string" : data === undefined); // a bare string, and reasons of a DISCONNECT, come from python-engineio's family
}

/** @returns the name without a query, which peers of protocol v4 sent behind it. */
export function namespaceName(name: string): string {
  const query = name.indexOf("?");
  return query === -1 ? name : name.slice(0, query);
}

/**
 * Checks what a codec has made of a peer's message: type, namespace, acknowledgement id and event name; `null` is as good as absent.
 * What else a payload may hold, how deep and how large, is for the codec to know.
 * @param limits of the codec's `DecoderOptions`.
 * @returns the packet, without what is none of its parts.
 * @throws {SocketIOError} `socketio/invalid-packet`
 */
export function readPacket(value: unknown, { maxNamespaceLength }: Pick<PacketLimits, "maxNamespaceLength"> = DEFAULT_PACKET_LIMITS): Packet {
  if (!isRecord(value)) throw invalidPacket("not a packet");
  const { type, nsp, data, id } = value;
  if (!isPacketType(type)) throw invalidPacket("unknown packet type");
  if (id !== undefined && id !== null && !(Number.isSafeInteger(id) && (id as number) >= 0)) throw invalidPacket("acknowledgement id");
  const name = nsp ?? "/";
  if (typeof name !== "string" || !name.startsWith("/")) throw invalidPacket("namespace");
  if (name.length > maxNamespaceLength) throw overLimit("maxNamespaceLength", name.length);
  const packet: Packet = { type: withoutBinary(type), nsp: namespaceName(name), data: data ?? undefined, id: (id ?? undefined) as number | undefined };
  if (!isValid(packet)) throw invalidPacket("payload does not fit the packet type");
  return packet;
}

function isPacketType(type: unknown): type is PacketType.Any {
  return Number.isInteger(type) && (type as number) >= PacketType.CONNECT && (type as number) <= PacketType.BINARY_ACK;
}

function isEventData(data: unknown): boolean {
  if (!Array.isArray(data)) return false;
  const name: unknown = data[0];
  return typeof name === "number" || (typeof name === "string" && !isReservedEvent(name));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
