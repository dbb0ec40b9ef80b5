/**
 * The default codec: JSON, with attachments for bytes.
 *
 * Room: socketio core.
 */
import type { Codec } from "./codec.js";
import { Decoder, type Reviver } from "./decoder.js";
import { encodePacket, type Replacer } from "./encoder.js";

export interface JsonCodecOptions {
  /** As of `JSON.stringify`; sees placeholders where bytes were. Default: none. */
  readonly replacer?: Replacer | undefined;
  /** As of `JSON.parse`, once the packet has been checked and its bytes are back in place; never told what is inside them. Default: none. */
  readonly reviver?: Reviver | undefined;
  /** Most attachments of a packet that it writes; of those it reads, the server's or client's `maxAttachments` is the limit. Count; default 10. */
  readonly maxAttachments?: number | undefined;
}

export function jsonCodec({ replacer, reviver, maxAttachments }: JsonCodecOptions = {}): Codec {
  return {
    encode: (packet) => encodePacket(packet, replacer, maxAttachments),
    createDecoder: (options) => new Decoder(options, reviver),
  };
}
