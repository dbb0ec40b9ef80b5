/**
 * The codec port: packets to Engine.IO messages and back. Both ends of a connection must use the same one.
 *
 * Room: socketio core. JSON (Socket.IO protocol v5, "Packet encoding") is the default.
 */
import type { DecoderOptions } from "./decoder.js";
import type { EncodedPacket, Packet } from "./packet.js";

/** Of one connection; its messages come in their order. */
export interface PacketDecoder {
  /**
   * Takes one Engine.IO message.
   * @returns the packet that it completes, or `undefined` while parts are missing.
   * @throws {Error} for anything a peer must not send; the connection is closed then.
   */
  push(message: string | Uint8Array): Packet | undefined;
}

/** What adapters of the Socket.IO ecosystem ask of `server.encoder`. */
export interface PacketEncoder {
  /** @returns the messages to send, in this order; every member of a broadcast gets the same ones. */
  encode(packet: Packet): EncodedPacket;
}

export interface Codec extends PacketEncoder {
  createDecoder(options?: DecoderOptions): PacketDecoder;
}
