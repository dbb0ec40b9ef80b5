/**
 * The option `parser` of both sides.
 *
 * Room: socketio core.
 */
import type { Codec } from "./codec.js";
import { foreignCodec, type ForeignParser } from "./foreign-codec.js";
import { jsonCodec, type JsonCodecOptions } from "./json-codec.js";

export interface ParserOption {
  /** How packets travel; both sides need the same. A {@link Codec}, or a parser written for socket.io. Default: {@link jsonCodec}. */
  readonly parser?: Codec | ForeignParser | undefined;
}

/** @throws {SocketIOError} `socketio/invalid-option` when it is no codec. */
export function readCodec({ parser, maxAttachments }: ParserOption & Pick<JsonCodecOptions, "maxAttachments">): Codec {
  if (parser === undefined) return jsonCodec({ maxAttachments });
  return "createDecoder" in parser ? parser : foreignCodec(parser);
}
