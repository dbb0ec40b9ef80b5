/** `@x/socketio/client`: the Socket.IO v5 client for Node and browsers. Room: entry. */
export { connect, io, Manager, Socket } from "./shell/client/lookup.js";
export { io as default } from "./shell/client/lookup.js";
export type { ClientOptions, ConnectOptions } from "./shell/client/lookup.js";
export type { ManagerEvents } from "./shell/client/manager-events.js";
export type { ClientReservedEvents, DisconnectReason } from "./shell/client/socket-manager.js";
export type { Attempt, AttemptOptions, PerAttempt } from "./shell/client/attempt.js";
export type { Auth, ManagerOptions, SocketOptions } from "./shell/client/options.js";
export type { AckName, AckValue, AllButLast, DefaultEventsMap, EventArguments, EventName } from "./core/event-types.js";
export type { PacketLimits } from "./core/limits.js";
export type { LossReason, PartialReason, Recovery } from "./core/recovery.js";
export type { Codec, PacketDecoder, PacketEncoder } from "./core/codec.js";
export type { DecoderOptions } from "./core/decoder.js";
export type { ForeignParser } from "./core/foreign-codec.js";
export { jsonCodec } from "./core/json-codec.js";
export type { JsonCodecOptions } from "./core/json-codec.js";
export { protocol, readPacket } from "./core/packet.js";
export { BadNamespaceError, ConnectionError, ConnectionRefusedError, DisconnectedError, SocketIOError, TimeoutError } from "@x/errors/socketio";
export type { EncodedPacket, Packet } from "./core/packet.js";
