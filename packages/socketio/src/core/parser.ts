/**
 * The option `parser` of both sides.
 *
 * Room: socketio core.
 */
import type { Codec } from "./codec.js";
import { foreignCodec, type ForeignParser } from "./foreign-codec.js";
import { jsonCodec } from "./json-codec.js";

export interface ParserOption {
  /** How packets travel; both sides need the same. A {@link Codec}, or a parser written for socket.io. Default: {@link jsonCodec}. */
  readonly parser?: Codec | ForeignParser | undefined;
}

const json = /* @__PURE__ */ jsonCodec();

/** @throws {SocketIOError} `socketio/invalid-option` when it is no codec. */
export function readCodec({ parser }: ParserOption): Codec {
  if (parser === undefined) return json;
  return "createDecoder" in parser ? parser : foreignCodec(parser);
}
