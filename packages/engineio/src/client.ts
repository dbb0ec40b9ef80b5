/** `@x/engineio/client` on Node. Room: entry. */
export { protocol, prepareMessage } from "./core/packet.js";
export type { Packet, PacketType, PreparedPacket, TransportName } from "./core/packet.js";
export type { Handshake } from "./core/open.js";
export type { CloseReason, ReadyState } from "./core/session-config.js";
export type { ClientOptions } from "./shell/client-options.js";
export type { ConnectOptions } from "./shell/client-socket.js";
export type { MessageData, MessageHandler } from "./shell/ports.js";
export type { SendOptions } from "./shell/socket.js";
export type { SocketEvents, TransportView } from "./shell/socket-events.js";
export { Socket, connect } from "./node/client.js";
export { ConnectionError, ContentTooLongError, EngineIOError, SocketIsClosedError, UnknownPacketError } from "@x/errors/engineio";
