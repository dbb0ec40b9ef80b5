/**
 * Engine.IO v4 packets: a type character and data, and the form shared by all members of a broadcast.
 *
 * Room: engineio core. Protocol document §"Packet encoding": text packets are `<type><data>`; a binary packet is always
 * a message and has no type (a WebSocket binary frame, or `b<base64>` in a polling payload).
 */
import * as Code from "./code.js";

/** The protocol revision, sent as `EIO=4`. */
export const protocol = 4;

/** Which end of the connection a machine plays. */
export type Role = "client" | "server";

/** The transports that this package speaks. */
export type TransportName = "polling" | "websocket";

/** Packet types by their wire number, 0 to 6. */
export const packetTypes = ["open", "close", "ping", "pong", "message", "upgrade", "noop"] as const;

/** One of {@link packetTypes}. */
export type PacketType = (typeof packetTypes)[number];

/** What the events `packet` and `packetCreate` show. */
export interface Packet {
  readonly type: PacketType;
  readonly data?: string | Uint8Array;
}

/** A packet as it leaves on a transport that frames: text with its type character, or the bytes of a binary message. */
export type WirePacket = string | Uint8Array;

/** How one message is sent. */
export interface SendOptions {
  /**
   * `false` leaves the message as it is: over WebSocket where `perMessageDeflate` is agreed on, and as polling's answer, of which nothing is
   * compressed then. For a secret that travels beside what an attacker chose. Default `true`: from the thresholds on. In a page it is
   * without effect: the browser's WebSocket compresses as it likes. No client compresses what it POSTs.
   */
  readonly compress?: boolean | undefined;
  /** Not looked at: see `prepareMessage`. */
  readonly wsPreEncodedFrame?: unknown;
}

/**
 * A message encoded once for any number of receivers. Transports keep their own form of it in `frame` (opaque here), so
 * that a broadcast to WebSocket members writes the same bytes to each; polling members share `base64`.
 */
export interface PreparedPacket {
  /** What the application sent. */
  readonly data: string | Uint8Array;
  readonly wire: WirePacket;
  /** May it be compressed on its way? */
  readonly compress: boolean;
  frame?: unknown;
  base64?: string | undefined;
}

/** @returns a message that `sendPrepared` sends to any number of sockets without encoding it again; each makes of it what its transport needs. */
export function prepareMessage(data: string | Uint8Array, options?: Pick<SendOptions, "compress">): PreparedPacket {
  return { data, wire: messageWire(data), compress: options?.compress !== false, frame: undefined, base64: undefined };
}

/** May `packet` be compressed on its way? */
export function mayCompress(packet: WirePacket | PreparedPacket): boolean {
  return typeof packet === "string" || !("wire" in packet) || packet.compress;
}

/** @returns the wire form of a message: `4<text>`, or the bytes themselves. */
export function messageWire(data: string | Uint8Array): WirePacket {
  return typeof data === "string" ? `4${data}` : data;
}

/** @returns the packet that `wire` stands for; only asked for when somebody listens to packet events. */
export function describePacket(wire: WirePacket): Packet {
  if (typeof wire !== "string") return { type: "message", data: wire };
  const type = packetTypes[wire.charCodeAt(0) - Code.open] ?? "noop";
  return wire.length > 1 ? { type, data: wire.slice(1) } : { type };
}

/**
 * May `role` receive a packet with this type character at any time on an open session?
 * Directions, protocol document §"Protocol": servers ping, clients answer; OPEN and UPGRADE belong to the hand-overs.
 */
export function mayReceive(role: Role, code: number): boolean {
  if (code === Code.close || code === Code.message) return true;
  return role === "server" ? code === Code.pong : code === Code.ping || code === Code.noop;
}
