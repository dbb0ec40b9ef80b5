/**
 * Packets of Socket.IO protocol v5 ("Packet types") and the event names that belong to the library.
 *
 * Room: socketio core. Types and tables only.
 */
/** Version of the protocol. */
export const protocol = 5;

export const PacketType = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
} as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** A packet with its attachments in place; whether it travels as a binary one is the encoder's finding. */
export interface Packet {
  readonly type: PacketType;
  readonly nsp: string;
  readonly data?: unknown;
  /** Present when the sender wants an acknowledgement, and on acknowledgements. */
  readonly id?: number | undefined;
}

/** An EVENT: its name and arguments. */
export interface EventPacket extends Packet {
  readonly data: readonly unknown[];
}

/** One text message followed by as many binary messages as it announces. */
export type EncodedPacket = readonly [header: string, ...attachments: Uint8Array[]];

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
