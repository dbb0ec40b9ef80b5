/**
 * Packet types by their wire number, Socket.IO protocol v5 ("Packet types").
 *
 * Room: socketio core. Imported as `PacketType`, all of it, so that bundlers put each number in its place.
 */
export const CONNECT = 0 as const;
export const DISCONNECT = 1 as const;
export const EVENT = 2 as const;
export const ACK = 3 as const;
export const CONNECT_ERROR = 4 as const;
export const BINARY_EVENT = 5 as const;
export const BINARY_ACK = 6 as const;

/** One of them. */
export type Any = typeof CONNECT | typeof DISCONNECT | typeof EVENT | typeof ACK | typeof CONNECT_ERROR | typeof BINARY_EVENT | typeof BINARY_ACK;
