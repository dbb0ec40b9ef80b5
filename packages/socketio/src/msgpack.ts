/** `@x/socketio/msgpack`: packets as MessagePack, for the option `parser` of both sides. Needs `@msgpack/msgpack`. Room: entry. */
export { msgpackCodec } from "./codecs/msgpack.js";
export type { MsgpackCodecOptions } from "./codecs/msgpack.js";
export type { Codec, PacketDecoder, PacketEncoder } from "./core/codec.js";
export type { DecoderOptions } from "./core/decoder.js";
export type { EncodedPacket, Packet } from "./core/packet.js";
