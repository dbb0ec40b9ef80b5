/**
 * Parsers in the shape that socket.io's `parser` option takes: classes `Encoder` and `Decoder`.
 *
 * Room: socketio core. Of what such a decoder makes of a peer's messages, type, namespace, id and event name are checked;
 * what a payload may hold, how deep and how large, is the parser's own affair.
 */
import type { Codec, PacketDecoder } from "./codec.js";
import type { DecoderOptions } from "./decoder.js";
import type { Untyped } from "./event-types.js";
import { invalidOption, invalidPacket } from "./faults.js";
import { type EncodedPacket, type Packet, readPacket } from "./packet.js";

/** What `require("socket.io-msgpack-parser")` and its like export. */
export interface ForeignParser {
  readonly Encoder: new () => { encode(packet: Untyped): readonly Untyped[] };
  readonly Decoder: new () => ForeignDecoder;
}

interface ForeignDecoder {
  add(message: Untyped): unknown;
  on(event: "decoded", listener: (packet: Untyped) => void): unknown;
}

/** @throws {SocketIOError} `socketio/invalid-option` */
export function foreignCodec(parser: ForeignParser): Codec {
  const { Encoder } = parser as Partial<ForeignParser>;
  if (typeof Encoder !== "function" || typeof parser.Decoder !== "function") throw invalidOption("parser must be a codec, or have Encoder and Decoder");
  const encoder = new Encoder();
  return {
    encode: (packet) => encoder.encode(packet) as EncodedPacket,
    createDecoder: (options) => new ForeignPackets(new parser.Decoder(), options),
  };
}

class ForeignPackets implements PacketDecoder {
  readonly #decoder: ForeignDecoder;
  readonly #options: DecoderOptions;
  #decoded: Packet | undefined;

  constructor(decoder: ForeignDecoder, options: DecoderOptions = {}) {
    this.#decoder = decoder;
    this.#options = options;
    decoder.on("decoded", (packet) => this.#take(packet));
  }

  push(message: string | Uint8Array): Packet | undefined {
    const { adopt } = this.#options;
    this.#decoded = undefined;
    this.#decoder.add(typeof message === "string" || adopt === undefined ? message : adopt(message));
    return this.#decoded;
  }

  #take(packet: unknown): void {
    if (this.#decoded !== undefined) throw invalidPacket("several packets in one message");
    this.#decoded = readPacket(packet, this.#options.limits);
  }
}
