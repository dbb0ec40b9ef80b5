/** `@x/engineio/server`: the Engine.IO v4 server for Node. Room: entry. */
export { protocol, prepareMessage } from "./core/packet.js";
export type { Packet, PacketType, PreparedPacket, TransportName } from "./core/packet.js";
export type { CloseReason, ReadyState } from "./core/session.js";
export type { MessageData, MessageHandler } from "./shell/ports.js";
export type { SendOptions, SocketEvents, TransportView } from "./shell/socket.js";
export { attach, listen } from "./node/listen.js";
export { Server } from "./node/server.js";
export type { AnswerHeaders, ServerEvents } from "./node/server.js";
export { Socket } from "./node/server-socket.js";
export { parseQuery } from "./node/query.js";
export type { Query } from "./node/query.js";
export { errorCodes } from "./node/refusal.js";
export type { ConnectionErrorEvent } from "./node/refusal.js";
export type { AllowRequest, ServerOptions } from "./node/server-options.js";
export type { AttachOptions } from "./node/attach.js";
export type { CookieOptions } from "./node/cookie.js";
export type { CorsOptions, OriginFunction, OriginRule } from "./node/cors.js";
export type { Middleware } from "./node/middleware.js";
