/** `@x/socketio/msgpack`: packets as MessagePack, for the option `parser` of both sides. Needs `@msgpack/msgpack`. Room: entry. */
export { msgpackCodec } from "./codecs/msgpack.js";
export type { MsgpackCodecOptions } from "./codecs/msgpack.js";
export type { Codec, PacketDecoder } from "./core/codec.js";
