/**
 * Packets of Socket.IO protocol v5 ("Packet types") and the event names that belong to the library.
 *
 * Room: socketio core.
 */
import { invalidPacket, overLimit, reservedEvent } from "./faults.js";
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
  if (type === PacketType.DISCONNECT) return data === undefined;
  return isRecord(data) || (type === PacketType.CONNECT ? data === undefined : typeof data === "string"); // a bare string comes from python-engineio's family
}

/** @returns the name without a query, which peers of protocol v4 sent behind it. */
export function namespaceName(name: string): string {
  const query = name.indexOf("?");
  return query === -1 ? name : name.slice(0, query);
}

/**
 * A packet that another codec made of what a peer sent; `null` is as good as absent.
 * @throws {SocketIOError} `socketio/invalid-packet`
 */
export function readPacket(value: unknown, maxNamespaceLength: number): Packet {
  if (!isRecord(value)) throw invalidPacket("not a packet");
  const { type, nsp, data, id } = value;
  if (!isPacketType(type)) throw invalidPacket("unknown packet type");
  if (id !== undefined && id !== null && !(Number.isSafeInteger(id) && (id as number) >= 0)) throw invalidPacket("acknowledgement id");
  const name = nsp ?? "/";
  if (typeof name !== "string" || !name.startsWith("/")) throw invalidPacket("namespace");
  if (name.length > maxNamespaceLength) throw overLimit("maxNamespaceLength", name.length);
  const plainType = withoutBinary(type);
  const impliedId = plainType === PacketType.ACK ? 0 : undefined; // which python-socketio's MsgPackPacket leaves out
  const packet: Packet = { type: plainType, nsp: namespaceName(name), data: data ?? undefined, id: (id ?? impliedId) as number | undefined };
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
