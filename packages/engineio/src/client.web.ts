/** `@x/engineio/client` in browsers and on every other platform. Room: entry. */
export { protocol, prepareMessage } from "./core/packet.js";
export type { Packet, PacketType, PreparedPacket, SendOptions, TransportName } from "./core/packet.js";
export type { Handshake } from "./core/open.js";
export type { CloseReason, ReadyState } from "./core/session-config.js";
export type { ClientOptions, TransportOptions } from "./shell/client-options.js";
export { Connection, type ConnectOptions } from "./shell/connection.js";
export type { Ending } from "./shell/ending.js";
export type { ReceiveOptions } from "./shell/inbox.js";
export type { ClientTransport, MessageData, MessageHandler } from "./shell/ports.js";
export type { SessionSocket as EngineSocket } from "./shell/session-socket.js";
export type { SocketEvents, TransportView } from "./shell/socket-events.js";
export { Socket, Socket as SocketWithUpgrade, SocketWithoutUpgrade, connect } from "./web/client.js";
export { ConnectionError, ContentTooLongError, EngineIOError, QueueEmpty, SocketIsClosedError, UnknownPacketError } from "@x/errors/engineio";
